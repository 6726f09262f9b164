"""Telecom fraud (电信网络诈骗): campaigns, persuasion, the anti-fraud centre's queues."""
