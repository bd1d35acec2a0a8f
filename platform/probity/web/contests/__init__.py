"""Screens for contesting: appeals, requests by the person shown, senders and misuse."""
