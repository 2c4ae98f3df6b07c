"""The forecast judged on years that are over: reading their figures, fitting the profiles, judging, reporting."""
