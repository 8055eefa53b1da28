"""Breakpoints: the queue of messages that wait for somebody, and the form in which one is changed before it goes on."""
