"""The roof: settings, urls, schedule, the sample world, the command line. The only place that knows every room."""
