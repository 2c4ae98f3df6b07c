"""Each feed read from real workbooks made in the test."""
