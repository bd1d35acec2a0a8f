"""The console around the pages: keys, palette, who else is here, how screens look."""
