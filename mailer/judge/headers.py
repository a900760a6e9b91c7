#!/usr/bin/env python3
"""What a mailing's header and MIME structure must be, read by Python's own parser.

headers.py FILE...   prints a line of JSON for each file: what is wrong, or nothing.
It knows nothing of Broadsheet: RFC 5322, 2045 to 2047, 2369, 2919, 6376, 8058 and
what Gmail, Yahoo and Outlook.com ask of those who send to many."""
import email
import email.policy
import email.utils
import html.parser
import json
import re
import sys

SINGLE = """date from sender reply-to to cc message-id subject mime-version content-type
  content-transfer-encoding list-id list-unsubscribe list-unsubscribe-post list-help list-archive
  list-post list-owner feedback-id auto-submitted""".split()
NEEDED = "date from to message-id subject mime-version content-type list-id list-unsubscribe list-unsubscribe-post feedback-id".split()
SIGNED = "from to subject date message-id reply-to mime-version content-type list-id list-unsubscribe list-unsubscribe-post".split()
TWICE = "from to cc subject date message-id reply-to mime-version content-type list-unsubscribe list-unsubscribe-post".split()
UNWANTED = "x-mailer user-agent precedence return-path received bcc errors-to x-originating-ip".split()
TAG = re.compile(r"\{\{|%%\w|\*\|\w|<no value>|mf[0-9a-f]{28}")


class Page(html.parser.HTMLParser):
    """The words and links of an HTML part."""

    def __init__(self):
        super().__init__()
        self.words, self.links, self.styles, self.within = [], [], 0, None

    def handle_starttag(self, tag, attrs):
        self.within = tag if tag in ("style", "title", "script") else None
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.links.append(href)

    def handle_endtag(self, tag):
        self.within = None

    def handle_data(self, data):
        if self.within == "style":
            self.styles += len(data.encode())
        elif self.within is None:
            self.words.append(data)


class Judge:
    def __init__(self, raw):
        self.raw, self.wrong = raw, []
        self.head = raw.partition(b"\r\n\r\n")[0]
        self.fields = [l.partition(b":")[0].strip().lower().decode("latin1") for l in self.head.split(b"\r\n") if l[:1] not in b" \t"]
        self.m = email.message_from_bytes(raw, policy=email.policy.default)

    def need(self, good, rule, what=""):
        if not good:
            self.wrong.append(f"{rule}: {what}" if what else rule)

    def value(self, name):
        return str(self.m[name] or "").strip()

    def octets(self):
        stripped = self.raw.replace(b"\r\n", b"")
        self.need(b"\r" not in stripped and b"\n" not in stripped, "5322 2.1: lines end in CRLF alone")
        self.need(self.raw.isascii() and b"\0" not in self.raw, "5322 2.2: ASCII without NUL")
        for line in self.head.split(b"\r\n"):
            self.need(len(line) <= 78, "5322 2.1.1: header lines of 78", line[:60].decode("latin1"))
            self.need(line.strip(), "5322 3.2.2: no folded line of nothing but space")
        self.need(max(map(len, self.raw.split(b"\r\n"))) <= 998, "5322 2.1.1: lines of 998")
        for word in re.findall(rb"=\?[^?]+\?[bqBQ]\?[^?]*\?=", self.head):
            self.need(len(word) <= 75, "2047 2: encoded words of 75", word.decode())
            try:
                text, charset = email.header.decode_header(word.decode())[0]
                text.decode(charset)
            except (UnicodeDecodeError, LookupError):
                self.need(False, "2047 5(3): whole characters in an encoded word", word.decode())

    def header(self):
        for name in SINGLE:
            self.need(self.fields.count(name) <= 1, "5322 3.6: once at most", name)
        for name in NEEDED:
            self.need(name in self.fields, "missing", name)
        for name in UNWANTED:
            self.need(name not in self.fields, "nothing of program or machine", name)
        for part in self.m.walk():
            for defect in part.defects:
                self.need(False, "the parser complains", type(defect).__name__)
            for value in part.values():
                for defect in getattr(value, "defects", ()):
                    self.need(False, "the parser complains", str(defect))
        self.author()
        zone = re.search(r" [+-]\d{4}$", self.value("date"))
        self.need(zone and email.utils.parsedate_to_datetime(self.value("date")), "5322 3.3: a date with its zone", self.value("date"))
        subject = self.value("subject")
        self.need(0 < len(subject) <= 70, "a subject that phones and Gmail can show", subject)
        self.need(not re.match(r"(?i)(re|fwd?):", subject) and not subject.isupper(), "Gmail: a subject that is true and not shouted", subject)

    def author(self):
        people = self.m["from"].addresses if self.m["from"] else ()
        self.need(len(people) == 1, "Gmail: one author", self.value("from"))
        self.domain = people[0].domain.lower() if people else "?"
        if people:
            name = people[0].display_name
            self.need(name and not re.search(r"@|://|[\U0001F300-\U0001FAFF]", name), "Gmail: an author with a name, and nothing else in it", name)
            self.need(not re.match(r"(?i)no-?reply", people[0].username), "Outlook.com: an author who can be answered", people[0].username)
        right = re.fullmatch(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@([A-Za-z0-9.-]+)>", self.value("message-id"))
        self.need(right and right[1].endswith(self.domain), "5322 3.6.4: a Message-ID of the author's domain", self.value("message-id"))

    def list(self):
        given = self.value("list-unsubscribe")
        uris = re.findall(r"<([^>\s]+)>", given)
        self.need(uris and uris[0].startswith("https://"), "8058 3.1: an https address to leave by", given)
        self.need(any(u.startswith("mailto:") for u in uris), "2369 3.2: a mailto for older programs", given)
        self.need(not re.sub(r"<[^>]*>", "", given).strip(" ,"), "2369 2: nothing outside of the brackets", given)
        reader = self.m["to"].addresses[0].addr_spec if self.m["to"] and self.m["to"].addresses else "?"
        self.need(reader not in given, "8058 3.1: a token, and not the reader's address")
        self.need(self.value("list-unsubscribe-post") == "List-Unsubscribe=One-Click", "8058 3.1: one click", self.value("list-unsubscribe-post"))
        self.need(re.search(r"(^|> ?|\s)<[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+>$", self.value("list-id")), "2919 3: List-Id", self.value("list-id"))
        self.need(re.fullmatch(r"[^:\s]*:[^:\s]*:[^:\s]*:[A-Za-z0-9._-]{5,15}", self.value("feedback-id")), "Gmail: Feedback-ID of four", self.value("feedback-id"))
        return uris

    def signature(self):
        given = self.m.get_all("dkim-signature", [])
        self.need(given, "Gmail, Yahoo, Outlook.com: a DKIM signature")
        for one in given:
            tags = dict(t.strip().split("=", 1) for t in re.sub(r"\s+", " ", str(one)).split(";") if "=" in t)
            names = [n.strip().lower() for n in tags.get("h", "").split(":")]
            for name in SIGNED:
                self.need(name not in self.fields or name in names, "8058 4: signed", name)
            for name in TWICE:
                self.need(names.count(name) > self.fields.count(name), "6376 8.15: not to be added on the way", name)
            self.need("l" not in tags, "6376 8.2: no l=")
            self.need(tags.get("a", "").strip() in ("rsa-sha256", "ed25519-sha256"), "8301: the algorithm", tags.get("a", ""))
            self.need(tags.get("c", "").strip() == "relaxed/relaxed", "relaxed/relaxed", tags.get("c", ""))
            self.need(("." + self.domain).endswith("." + tags.get("d", "?").strip().lower()), "DMARC: of the author's domain", tags.get("d", ""))

    def body(self, uris):
        parts = [p for p in self.m.walk() if not p.is_multipart()]
        kinds = [p.get_content_type() for p in parts]
        self.need(kinds[:1] == ["text/plain"], "2046 5.1.4: text first", " ".join(kinds))
        for p in parts:
            if p.get_content_maintype() == "text":
                self.need(p.get_content_charset() == "utf-8", "2045 5.2: UTF-8", str(p.get_content_charset()))
                self.need(p["content-transfer-encoding"] == "quoted-printable", "2045 6.7: quoted-printable", str(p["content-transfer-encoding"]))
        text = next((p.get_content() for p in parts if p.get_content_type() == "text/plain"), "")
        page = next((p.get_content() for p in parts if p.get_content_type() == "text/html"), None)
        self.need(not TAG.search(text), "an unfilled place in the text")
        self.need(not re.search(r"</?[a-z]+[ >]|&[a-z]+;", text), "markup in the text")
        self.need(max((len(l) for l in text.splitlines() if "://" not in l), default=0) <= 78, "text of 78 columns")
        if page is None:
            self.need(self.m.get_content_type() == "text/plain", "a mail of one part is text")
            return
        self.need("multipart/alternative" == self.m.get_content_type(), "2046 5.1.4", self.m.get_content_type())
        self.page(page, text, uris)

    def page(self, page, text, uris):
        seen = Page()
        seen.feed(page)
        words = " ".join("".join(seen.words).split())
        self.need(len(page.encode()) <= 102_400, "Gmail: not clipped", str(len(page.encode())))
        self.need(seen.styles <= 16_384, "Gmail: 16 kB of style", str(seen.styles))
        self.need(re.search(r"(?i)<meta[^>]+charset", page.partition("<body")[0]), "the charset, in the head")
        self.need(not TAG.search(words) and "undefined" not in words, "an unfilled place in the HTML")
        there = {word.strip("<>().,;") for word in text.split()}
        for link in seen.links:
            self.need(re.match(r"https://(?!\d+\.\d+\.\d+\.\d+)|mailto:|#", link), "links by https, to names", link)
            self.need(not link.startswith("https://") or link in there, "every link is in the text, too", link)
        self.need(set(uris) & set(seen.links), "CAN-SPAM, GDPR: a link to leave that can be seen")
        self.need(len(text) >= len(words) / 4, "a text that says as much")


for name in sys.argv[1:]:
    with open(name, "rb") as f:
        judge = Judge(f.read())
    judge.octets()
    judge.header()
    found = judge.list()
    judge.signature()
    judge.body(found)
    print(json.dumps({"file": name, "wrong": list(dict.fromkeys(judge.wrong))}))
