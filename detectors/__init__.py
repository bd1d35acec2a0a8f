"""Engine: media in, findings out. Import from the modules; this package stays light."""
