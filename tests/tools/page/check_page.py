#!/usr/bin/env python3
"""Reads pages of HTML from standard input, with a NUL between two, and prints a line for each: what is
wrong with it.

A page has to be valid UTF-8, well-formed as XML after its first line, closed in the order it was
opened as HTML, free of scripts and of anything fetched from elsewhere; each id stands once, each
link inside the page leads to one, and every number of a picture is one and not absurd."""

import html.parser
import math
import re
import sys
import xml.etree.ElementTree

VOID = {"meta", "br", "hr", "img", "link", "input"}
FETCHING = {"src", "srcset", "data", "poster", "action", "xlink:href"}
NUMBERS = {"x", "y", "x1", "y1", "x2", "y2", "width", "height", "fill-opacity"}


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong, self.open, self.ids, self.links, self.viewport = [], [], [], [], False

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag in ("script", "link", "iframe", "object", "embed", "image", "use"):
            self.wrong.append(f"an element that could fetch: {tag}")
        for name, value in attrs:
            if name in FETCHING or name.startswith("on"):
                self.wrong.append(f"an attribute that could fetch or run: {name}")
            if name == "href":
                self.links.append(value)
            if name == "id":
                self.ids.append(value)
            if name in NUMBERS and not (value or "").endswith("%"):
                self.check_number(tag, name, value)
            if name == "points":
                for number in re.split("[ ,]", value):
                    self.check_number(tag, name, number)
            if name == "name" and value == "viewport":
                self.viewport = True

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def check_number(self, tag, name, value):
        try:
            good = math.isfinite(float(value)) and abs(float(value)) < 1e5
        except ValueError:
            good = False
        if not good:
            self.wrong.append(f"{tag} {name}={value}")


def check(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [str(error)]
    first, _, rest = text.partition("\n")
    wrong = [] if first == "<!DOCTYPE html>" else ["no doctype"]
    try:
        xml.etree.ElementTree.fromstring(rest)
    except xml.etree.ElementTree.ParseError as error:
        wrong.append(f"not well-formed: {error}")
    reader = Reader()
    reader.feed(text)
    reader.close()
    wrong += reader.wrong
    if reader.open:
        wrong.append(f"still open: {reader.open}")
    if not reader.viewport:
        wrong.append("no viewport for phones")
    wrong += [f"id {name} twice" for name in {name for name in reader.ids if reader.ids.count(name) > 1}]
    for link in reader.links:
        if not link.startswith("#") or link[1:] not in reader.ids:
            wrong.append(f"a link that leads out of the page or nowhere: {link}")
    for style in re.findall(r"<style>(.*?)</style>", text, re.S):
        if re.search(r"url\(|@import|expression", style):
            wrong.append("a style that could fetch")
    return wrong


if __name__ == "__main__":
    for page in sys.stdin.buffer.read().split(b"\0"):
        print("; ".join(check(page)).replace("\n", " "))
