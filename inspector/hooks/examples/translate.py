"""Translate the messages of a WebSocket: what the browser says to the site, and what the site says back."""

from inspector.hooks import Exchange, Message

WORDS = {"tea": "thé", "cake": "gâteau", "thank you": "merci"}


def message(exchange: Exchange, message: Message) -> None:
    if not message.is_text:
        return
    for english, french in WORDS.items():
        wanted, by = (english, french) if message.from_browser else (french, english)
        message.text = message.text.replace(wanted, by)
