"""Internal HTTP services behind one door: registered once, called by people's programs and, as tools, by agents."""
