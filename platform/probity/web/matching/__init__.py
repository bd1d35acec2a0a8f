"""Known copies on the screen: in a case, side by side, as a campaign, and the banks."""
