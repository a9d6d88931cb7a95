"""Bills as files: a month as PDF, its lines in the columns of FOCUS. Spreadsheets come from the console's exports."""
