"""The office forms: one function lays out one form from figures. No figure and no file is made here."""
