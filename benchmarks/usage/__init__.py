"""From usage to bill, at the volume of a cloud: rating, posting and reading beside the same work by hand."""
