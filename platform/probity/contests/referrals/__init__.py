"""Outside bodies that cases can be referred to, each a plug-in, all off until switched on."""
