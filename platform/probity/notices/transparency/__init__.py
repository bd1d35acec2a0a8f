"""The DSA Transparency Database (Reg. (EU) 2022/2065 art. 24(5)): building, checking, sending."""
