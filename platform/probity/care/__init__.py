"""Looking after the people who look: how much a day holds, breaks, what somebody prefers."""
