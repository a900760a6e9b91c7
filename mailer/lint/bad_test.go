package lint

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// bad is a mail that one rule objects to.
type bad struct {
	rule, name, where string
	change            func(d *draft)
}

// alike makes the text as long as the HTML, so that only its size is odd.
func alike(d *draft, lines int) {
	d.beside(strings.Repeat("<p>"+strings.Repeat("fog ", 24)+"</p>\n", lines))
	d.inText("1 Quay", strings.Repeat(strings.Repeat("fog ", 18)+"\n", lines)+"1 Quay")
}

var bads = []bad{
	// wire
	{"limits", "26 MB", "message", func(d *draft) {
		d.wire = func(eml []byte) []byte { return append(eml, bytes.Repeat([]byte("\r\n"), 13<<20)...) }
	}},
	{"line-ends", "bare LF", "line 13", func(d *draft) {
		d.wire = func(eml []byte) []byte { return bytes.Replace(eml, []byte("1.0\r\n"), []byte("1.0\n"), 1) }
	}},
	{"line-ends", "bare CR", "line", func(d *draft) { d.onWire("=\r\nhouse", "x"); d.onWire("Gull Rock was", "Gull\rRock was") }},
	{"nul", "in the text", "line", func(d *draft) { d.onWire("Gull Rock was", "Gull\x00Rock was") }},
	{"line-998", "in the epilogue", "line", func(d *draft) {
		d.wire = func(eml []byte) []byte { return append(append(eml, strings.Repeat("x", 999)...), "\r\n"...) }
	}},
	{"line-78", "a subject", "Comments", func(d *draft) { d.inHeader("MIME", "Comments: "+strings.Repeat("fog ", 20)+"\nMIME") }},
	{"header-form", "a line without a colon", "line 13", func(d *draft) { d.inHeader("MIME", "Fog and rain\nMIME") }},
	{"header-form", "a space before the colon", "line 13", func(d *draft) { d.inHeader("MIME", "Fog : rain\nMIME") }},
	{"header-form", "a folded line of spaces", "line 14", func(d *draft) { d.inHeader("MIME", "Fog: rain\n  \n more\nMIME") }},
	{"8bit-header", "raw UTF-8", "Subject", func(d *draft) { d.inHeader("The woman who", "The wömän who") }},
	{"control", "a bell", "Subject", func(d *draft) { d.inHeader("The woman who", "The \a woman who") }},

	// header
	{"header-missing", "no Date", "Date", func(d *draft) { d.header = without(d.header, "Date") }},
	{"header-missing", "no To", "To", func(d *draft) { d.header = without(d.header, "To") }},
	{"header-missing", "an empty Subject", "Subject", func(d *draft) { d.inHeader("Subject: The woman who listens for fog", "Subject: ") }},
	{"header-missing", "no From", "From", func(d *draft) { d.header = without(d.header, "From") }},
	{"header-missing", "no Message-ID", "Message-ID", func(d *draft) { d.header = without(d.header, "Message-ID") }},
	{"header-missing", "no MIME-Version", "MIME-Version", func(d *draft) { d.header = without(d.header, "MIME-Version") }},
	{"header-twice", "two subjects", "Subject", func(d *draft) {
		d.inHeader("DKIM", "Subject: The woman who listens for fog\nDKIM")
		d.inHeader("Subject:Subject", "Subject:Subject:Subject")
	}},
	{"header-twice", "two List-Ids", "List-Id", func(d *draft) { d.inHeader("DKIM", "List-Id: <a.example>\nDKIM") }},
	{"bcc", "there", "Bcc", func(d *draft) { d.inHeader("MIME", "Bcc: eve@example.org\nMIME") }},
	{"header-tells", "X-Mailer", "X-Mailer", func(d *draft) { d.inHeader("MIME", "X-Mailer: Broadsheet 1.0\nMIME") }},
	{"header-tells", "PHP", "X-PHP-Originating-Script", func(d *draft) { d.inHeader("MIME", "X-PHP-Originating-Script: 33:mail.php\nMIME") }},
	{"date", "no zone", "Date", func(d *draft) { d.inHeader("09:00:00 +0100", "09:00:00") }},
	{"date", "a zone in letters", "Date", func(d *draft) { d.inHeader("09:00:00 +0100", "09:00:00 CET") }},
	{"date", "nonsense", "Date", func(d *draft) { d.inHeader("Fri, 27 Nov 2026 09:00:00 +0100", "tomorrow") }},
	{"date-ahead", "next year", "Date", func(d *draft) { d.inHeader("Fri, 27 Nov 2026", "Sat, 27 Nov 2027") }},
	{"from", "two", "From", func(d *draft) {
		d.inHeader("<news@harbour-observer.example>", "<news@harbour-observer.example>,\n x@harbour-observer.example")
	}},
	{"from", "none", "From", func(d *draft) { d.inHeader("<news@harbour-observer.example>", "news") }},
	{"from-gmail", "gmail.com", "From", func(d *draft) { d.header = strings.ReplaceAll(d.header, "harbour-observer.example", "gmail.com") }},
	{"from-name", "none", "From", func(d *draft) {
		d.inHeader("The Harbour Observer <news@harbour-observer.example>", "news@harbour-observer.example")
	}},
	{"from-name", "an address", "From", func(d *draft) { d.inHeader("From: The Harbour Observer", `From: "news@other.example"`) }},
	{"from-noreply", "no-reply", "From", func(d *draft) { d.inHeader("<news@", "<no-reply@"); d.header = without(d.header, "Reply-To") }},
	{"addresses", "Reply-To", "Reply-To", func(d *draft) { d.inHeader("Reply-To: desk@harbour-observer.example", "Reply-To: the desk") }},
	{"to-many", "two readers", "To", func(d *draft) { d.inHeader("<ada@example.org>", "<ada@example.org>,\n eve@example.org") }},
	{"message-id", "a machine", "Message-ID", func(d *draft) { d.inHeader("94@harbour-observer.example", "94@web1.internal") }},
	{"message-id", "no brackets", "Message-ID", func(d *draft) { d.inHeader("<34m42ut56erlped0j37va3qq94@harbour-observer.example>", "34m42") }},
	{"message-id-domain", "another", "Message-ID", func(d *draft) { d.inHeader("94@harbour-observer.example", "94@relay.example") }},
	{"subject-long", "71", "Subject", func(d *draft) {
		d.inHeader("The woman who listens for fog", "The woman who listens for fog\n and the man who listens to the radio each day")
	}},
	{"subject-re", "Re:", "Subject", func(d *draft) { d.inHeader("The woman", "Re: The woman") }},
	{"subject-caps", "shouts", "Subject", func(d *draft) { d.inHeader("The woman who listens for fog", "FOG OVER THE HARBOUR") }},
	{"subject-placeholder", "Lorem", "Subject", func(d *draft) { d.inHeader("The woman who listens for fog", "Lorem ipsum dolor") }},
	{"subject-placeholder", "TODO", "Subject", func(d *draft) { d.inHeader("The woman who listens for fog", "TODO: write this") }},
	{"subject-placeholder", "Test", "Subject", func(d *draft) { d.inHeader("The woman who listens for fog", "Test") }},
	{"subject-placeholder", "Subject", "Subject", func(d *draft) { d.inHeader("The woman who listens for fog", "[Your subject here]") }},
	{"mime-version", "2.0", "MIME-Version", func(d *draft) { d.inHeader("MIME-Version: 1.0", "MIME-Version: 2.0") }},
	{"precedence", "junk", "Precedence", func(d *draft) { d.inHeader("MIME", "Precedence: junk\nMIME") }},

	// words
	{"encoded-word-75", "76", "To", func(d *draft) {
		d.inHeader("=?utf-8?q?Ada_R=C3=A9ader?=", "\n =?utf-8?q?"+strings.Repeat("A", 64)+"?=\n ")
	}},
	{"encoded-word", "half a character", "To", func(d *draft) { d.inHeader("R=C3=A9ader?=", "R=C3?=") }},
	{"encoded-word", "not base64", "To", func(d *draft) { d.inHeader("=?utf-8?q?Ada_R=C3=A9ader?=", "=?utf-8?b?*?=") }},
	{"encoded-word", "koi8-r", "To", func(d *draft) { d.inHeader("=?utf-8?q?Ada_R=C3=A9ader?=", "=?koi8-r?q?=C1?=") }},
	{"encoded-word-place", "in quotes", "To", func(d *draft) { d.inHeader("=?utf-8?q?Ada_R=C3=A9ader?=", `"=?utf-8?q?Ada_R=C3=A9ader?="`) }},
	{"encoded-word-place", "no space", "Subject", func(d *draft) { d.inHeader("The woman who", "The woman=?utf-8?q?_who?=") }},

	// list
	{"list-unsubscribe", "none", "List-Unsubscribe", func(d *draft) {
		d.header = strings.Replace(without(d.header, "List-Unsubscribe:"), "unsubscribe-link", "", 1)
	}},
	{"unsubscribe-https", "http alone", "List-Unsubscribe", func(d *draft) {
		d.inHeader("<https://news.harbour-observer.example/u", "<http://news.harbour-observer.example/u")
	}},
	{"unsubscribe-mailto", "https alone", "List-Unsubscribe", func(d *draft) { d.inHeader(",\n <mailto:leave@harbour-observer.example?subject=x7Yt>", "") }},
	{"unsubscribe-address", "in the link", "List-Unsubscribe", func(d *draft) { d.inHeader("/u/weekly/x7Yt>", "/u/weekly/ada%40example.org>") }},
	{"one-click", "none", "List-Unsubscribe-Post", func(d *draft) { d.header = without(d.header, "List-Unsubscribe-Post") }},
	{"one-click", "other words", "List-Unsubscribe-Post", func(d *draft) { d.inHeader("=One-Click", "=Yes") }},
	{"list-uri", "words beside", "List-Unsubscribe", func(d *draft) { d.inHeader("Unsubscribe: <", "Unsubscribe: here <") }},
	{"list-uri", "no brackets", "List-Archive", func(d *draft) {
		d.inHeader("<https://news.harbour-observer.example/a/weekly>", "https://news.harbour-observer.example/a/weekly")
	}},
	{"list-uri", "no link", "List-Archive", func(d *draft) { d.inHeader("<https://news.harbour-observer.example/a/weekly>", "<weekly>") }},
	{"list-id", "none", "List-Id", func(d *draft) { d.header = without(d.header, "List-Id") }},
	{"list-id", "no brackets", "List-Id", func(d *draft) { d.inHeader("<weekly.news.harbour-observer.example>", "weekly") }},
	{"feedback-id", "none", "Feedback-ID", func(d *draft) { d.header = without(d.header, "Feedback-ID") }},
	{"feedback-id-form", "three fields", "Feedback-ID", func(d *draft) { d.inHeader("weekly:digest:harbourobs", "weekly:harbourobs") }},

	// dkim
	{"dkim", "none", "DKIM", func(d *draft) { d.header = without(d.header, "DKIM") }},
	{"dkim-align", "another domain", "DKIM", func(d *draft) { d.inHeader("d=harbour-observer.example", "d=relay.example") }},
	{"dkim-covers", "one-click left out", "DKIM", func(d *draft) { d.inHeader("List-Unsubscribe-Post:List-Unsubscribe-Post:", "") }},
	{"dkim-oversign", "the subject once", "DKIM", func(d *draft) { d.inHeader("Subject:Subject", "Subject") }},
	{"dkim-oversign", "no Cc", "DKIM", func(d *draft) { d.inHeader("Cc:", "") }},
	{"dkim-length", "l=", "DKIM", func(d *draft) { d.inHeader("s=2026;", "s=2026; l=100;") }},
	{"dkim-algorithm", "sha1", "DKIM", func(d *draft) { d.inHeader("a=rsa-sha256", "a=rsa-sha1") }},
	{"dkim-relaxed", "simple", "DKIM", func(d *draft) { d.inHeader("c=relaxed/relaxed", "c=simple/simple") }},

	// structure
	{"content-type", "nonsense", "line", func(d *draft) {
		d.related = strings.Replace(picture, "image/png", ";;", 1)
		d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "cid:fog@news")
	}},
	{"boundary", "never closes", "Content-Type", func(d *draft) {
		d.wire = func(eml []byte) []byte { return bytes.TrimSuffix(eml, []byte("--=_b--\r\n")) }
	}},
	{"no-text", "HTML alone", "message", func(d *draft) {
		d.whole = strings.ReplaceAll(d.header, "\n", "\r\n") + strings.TrimPrefix(partOf("text/html", d.html), "--=_b\r\n")
	}},
	{"alternative", "mixed", "Content-Type", func(d *draft) { d.onWire("multipart/alternative", "multipart/mixed") }},
	{"part-order", "HTML first", "message", func(d *draft) {
		d.whole = strings.ReplaceAll(d.header, "\n", "\r\n") + "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n" + partOf("text/html", d.html) + partOf("text/plain", d.text) + "--=_b--\r\n"
	}},
	{"charset", "latin1", "text", func(d *draft) { d.onWire("text/plain; charset=utf-8", "text/plain; charset=iso-8859-1") }},
	{"charset", "broken", "text", func(d *draft) { d.onWire("Gull Rock was", "Gull=\r\n=FFRock was") }},
	{"transfer-encoding", "uuencode", "line", func(d *draft) { textAlone(d); d.onWire("quoted-printable", "x-uuencode") }},
	{"transfer-encoding", "a multipart encoded", "Content-Type", func(d *draft) {
		d.onWire("MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n")
	}},
	{"8bit-hidden", "under 7bit", "line", func(d *draft) {
		textAlone(d)
		d.whole = strings.Replace(strings.Replace(d.whole, "quoted-printable", "7bit", 1), "Gull", "Gül", 1)
	}},
	{"8bit", "declared", "line", func(d *draft) {
		textAlone(d)
		d.whole = strings.Replace(strings.Replace(d.whole, "quoted-printable", "8bit", 1), "Gull", "Gül", 1)
	}},
	{"quoted-printable", "a stray =", "line", func(d *draft) { d.onWire("Gull Rock was", "Gull =Rock was") }},
	{"quoted-printable", "a long line", "line", func(d *draft) { textAlone(d); d.whole += strings.Repeat("x", 77) + "\r\n" }},
	{"quoted-printable", "a space at the end", "line", func(d *draft) { textAlone(d); d.whole += "fog \r\n" }},
	{"base64", "nonsense", "line", func(d *draft) {
		d.related = strings.Replace(picture, "iVBORw0KGgo=", "*", 1)
		d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "cid:fog@news")
	}},
	{"base64-text", "the text", "text", func(d *draft) {
		textAlone(d)
		head, _, _ := strings.Cut(strings.Replace(d.whole, "quoted-printable", "base64", 1), "\r\n\r\n")
		d.whole = head + "\r\n\r\n"
		for packed := base64.StdEncoding.EncodeToString([]byte(d.text)); packed != ""; packed = packed[min(76, len(packed)):] {
			d.whole += packed[:min(76, len(packed))] + "\r\n"
		}
	}},
	{"attachment", "a PDF", "line", func(d *draft) {
		d.related = strings.Replace(picture, "Content-ID: <fog@news>", "Content-Disposition: attachment", 1)
	}},
	{"cid-missing", "not there", "HTML", func(d *draft) { d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "cid:fog@news") }},
	{"cid-unused", "not shown", "line", func(d *draft) { d.related = picture }},

	// text
	{"text-empty", "nothing", "text", func(d *draft) {
		textAlone(d)
		d.o.Needs = nil
		d.header += ""
		i := strings.Index(d.whole, "\r\n\r\n")
		d.whole = d.whole[:i+4] + "=20\r\n"
		d.header = ""
		unlisted(d)
	}},
	{"text-width", "79", "text", func(d *draft) {
		d.inText("1 Quay", strings.Repeat("fog ", 19)+"fog\n"+strings.Repeat("a", 79)+"\n1 Quay")
	}},
	{"text-html", "a tag", "text", func(d *draft) { d.inText("automated thirty years ago", "<b>automated</b> long ago") }},
	{"text-html", "an entity", "text", func(d *draft) { d.inText("automated thirty years ago", "automated&nbsp;long ago") }},
	{"text-thin", "much less", "text", func(d *draft) { d.beside(strings.Repeat("<p>Fog, and nothing but fog, all over the harbour.</p>", 40)) }},
	{"text-links", "one is missing", "HTML", func(d *draft) { d.inText("https://harbour-observer.example/2026/11/17/fog", "") }},
	{"text-links", "one that only begins another", "HTML", func(d *draft) { d.beside(anchor("https://harbour-observer.example/", "The Harbour Observer")) }},
	{"text-links", "one that goes on behind another", "HTML", func(d *draft) {
		d.beside(anchor("https://harbour-observer.example/2026/11/17/fog/2", "More of the fog"))
	}},
	{"unfilled", "in the subject", "Subject", func(d *draft) { d.inHeader("The woman who", "{{name}}: who") }},
	{"unfilled", "our own marker", "text", func(d *draft) { d.inText("1 Quay", "mf0123456789ab0123456789abcdef\n1 Quay") }},
	{"unfilled", "Mailchimp's", "HTML", func(d *draft) { d.beside("<p>Dear *|FNAME|*,</p>") }},
	{"unfilled", "in a link", "HTML", func(d *draft) {
		d.beside(`<p><a class="a" style="color:#9a1b1e" href="https://harbour-observer.example/2026/11/17/fog?r=%%ID%%">Fog, once more</a></p>`)
	}},
	{"unfilled", "no value", "HTML", func(d *draft) { d.beside("<p>By &lt;no value&gt;</p>") }},
	{"unfilled", "a failed template", "HTML", func(d *draft) { d.beside(`<p style="ZgotmplZ">Fog</p>`) }},
	{"unfilled", "undefined", "text", func(d *draft) { d.inText("1 Quay", "Dear undefined,\n1 Quay") }},
	{"placeholder", "in the text", "text", func(d *draft) { d.inText("1 Quay", "Lorem ipsum dolor sit amet\n1 Quay") }},

	// document
	{"clip", "110 kB", "HTML", func(d *draft) { alike(d, 1060) }},
	{"clip-near", "90 kB", "HTML", func(d *draft) { alike(d, 850) }},
	{"style-size", "17 kB", "HTML", func(d *draft) {
		d.inHTML("<style>\n@media (max", "<style>\n"+strings.Repeat(".zzzzz{margin:0 0 0 0}\n", 800)+"@media (max")
	}},
	{"style-place", "in the body", "HTML", func(d *draft) { d.beside("<style>.z{margin:0}</style>") }},
	{"style-apart", "mixed", "HTML", func(d *draft) {
		d.inHTML("@media (max-width:520px)", "[data-ogsc] .i{color:#ece8df}\n@media (max-width:520px)")
	}},
	{"style-remote", "a font", "HTML", func(d *draft) {
		d.inHTML("<style>\n@media (max", "<style>\n@import 'https://fonts.example/x.css';\n@media (max")
	}},
	{"style-remote", "a sheet", "HTML", func(d *draft) {
		d.inHTML("<title>", `<link rel="stylesheet" href="https://harbour-observer.example/x.css"><title>`)
	}},
	{"charset-meta", "none", "HTML", func(d *draft) { d.inHTML(`<meta charset="utf-8">`, "") }},
	{"title", "none", "HTML", func(d *draft) { d.inHTML("<title>The woman who listens for fog</title>", "") }},
	{"title", "empty", "HTML", func(d *draft) { d.inHTML("<title>The woman who listens for fog</title>", "<title> </title>") }},
	{"viewport", "no zoom", "HTML", func(d *draft) { d.inHTML("initial-scale=1", "initial-scale=1, user-scalable=no") }},
	{"viewport", "zoom to 1", "HTML", func(d *draft) { d.inHTML("initial-scale=1", "initial-scale=1, maximum-scale=1.0") }},
	{"viewport-missing", "none", "HTML", func(d *draft) { d.inHTML(`<meta name="viewport" content="width=device-width, initial-scale=1">`, "") }},
	{"lang", "not on html", "HTML 2:1", func(d *draft) { d.inHTML(`<html lang="en"`, `<html`) }},
	{"lang", "not in the body", "HTML", func(d *draft) { d.inHTML(`fog" lang="en"`, `fog"`) }},
	{"dir", "not in the body", "HTML", func(d *draft) { d.inHTML(`fog" lang="en" dir="ltr"`, `fog" lang="en"`) }},
	{"dir-language", "Arabic", "HTML", func(d *draft) { d.html = strings.ReplaceAll(d.html, `lang="en"`, `lang="ar"`) }},
	{"article", "none", "HTML", func(d *draft) { d.inHTML(`role="article" `, "") }},
	{"table-role", "none", "HTML", func(d *draft) { d.inHTML(`<table role="none" width="100%">`, "<table>") }},
	{"table-role", "a head in the table within", "HTML", func(d *draft) { d.beside(`<table><tr><td><table><tr><th>Ferry</th></tr></table></td></tr></table>`) }},
	{"active", "a form", "HTML", func(d *draft) { d.beside("<form></form>") }},
	{"active", "a script in an attribute", "HTML", func(d *draft) { d.inHTML("<h1 ", `<h1 onclick="x()" `) }},
	{"id-twice", "two", "HTML", func(d *draft) { d.beside(`<p id="a">Fog</p><p id="a">Rain</p>`) }},
	{"vml", "a button", "HTML", func(d *draft) {
		d.beside(`<!--[if mso]><v:roundrect href="https://harbour-observer.example/"></v:roundrect><![endif]-->`)
	}},
	{"conditional", "never closes", "HTML", func(d *draft) {
		d.inHTML("<!--[if mso]></td></tr></table><![endif]-->", "<!--[if mso]></td></tr></table>-->")
	}},
	{"conditional", "a table open", "HTML", func(d *draft) { d.inHTML("<!--[if mso]></td></tr></table><![endif]-->", "") }},
	{"conditional", "closes nothing", "HTML", func(d *draft) { d.beside("<!--<![endif]-->") }},
	{"h1", "two", "HTML", func(d *draft) { d.beside("<h1>Once more</h1>") }},
	{"h1", "none", "HTML", func(d *draft) { d.html = strings.ReplaceAll(d.html, "h1", "h2") }},
	{"heading-order", "h2 to h4", "HTML", func(d *draft) { d.beside("<h4>Deep</h4>") }},
	{"section-empty", "two headings", "HTML", func(d *draft) { d.beside("<h2>News</h2><h2>Opinion</h2><p>Fog is good for you</p>") }},
	{"heading-empty", "h2", "HTML", func(d *draft) { d.beside("<h2> </h2>") }},

	// links
	{"link-http", "a story", "HTML", func(d *draft) {
		d.beside(anchor("http://harbour-observer.example/old", "Old news"))
		d.inText("1 Quay", "http://harbour-observer.example/old\n1 Quay")
	}},
	{"link-scheme", "a script", "HTML", func(d *draft) { d.beside(anchor("javascript:x()", "Old news")) }},
	{"link-relative", "a path", "HTML", func(d *draft) { d.beside(anchor("/old", "Old news")) }},
	{"link-relative", "nothing", "HTML", func(d *draft) { d.beside(anchor("#", "Old news")) }},
	{"link-inside", "a number", "HTML", func(d *draft) {
		d.beside(anchor("https://192.0.2.1/old", "Old news"))
		d.inText("1 Quay", "https://192.0.2.1/old\n1 Quay")
	}},
	{"link-inside", "a machine of ours", "HTML", func(d *draft) {
		d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "https://localhost/fog.jpg")
	}},
	{"link-empty", "no words", "HTML", func(d *draft) { d.inHTML(`alt="A horn on a rock"`, `alt=""`) }},
	{"link-vague", "click here", "HTML", func(d *draft) { d.beside(anchor("https://harbour-observer.example/2026/11/17/fog", "Click here")) }},
	{"link-vague", "Arabic", "HTML", func(d *draft) { d.beside(anchor("https://harbour-observer.example/2026/11/17/fog", "اضغط هنا")) }},
	{"link-vague", "a bare address", "HTML", func(d *draft) {
		d.beside(anchor("https://harbour-observer.example/2026/11/17/fog", "https://harbour-observer.example/2026/11/17/fog"))
	}},
	{"link-same", "two places", "HTML", func(d *draft) {
		d.beside(anchor("https://harbour-observer.example/2026/11/17/fog", "Unsubscribe"))
	}},
	{"link-underline", "in a paragraph", "HTML", func(d *draft) {
		d.beside("<p>You may also want to read " + strings.Replace(anchor("https://harbour-observer.example/2026/11/17/fog", "this old story"), "underline", "none", 1) + "</p>")
	}},
	{"link-underline", "by a style block", "HTML", func(d *draft) {
		d.beside("<p>You may also want to read " + strings.Replace(anchor("https://harbour-observer.example/2026/11/17/fog", "this old story"), ";text-decoration:underline", "", 1) + "</p>")
		d.inHTML("<style>\n@media (max", "<style>\na{text-decoration:none}\n@media (max")
	}},
	{"unsubscribe-link", "not in the HTML", "HTML", func(d *draft) {
		d.inHTML(`<a class="a" style="color:#9a1b1e;text-decoration:underline" href="https://news.harbour-observer.example/u/weekly/x7Yt">Unsubscribe</a>`, "")
	}},
	{"unsubscribe-link", "not in the text", "text", func(d *draft) { textOnlyWithout(d) }},

	// images
	{"alt", "none", "HTML", func(d *draft) {
		d.beside(`<img src="https://news.harbour-observer.example/r.png" width="600" height="40">`)
	}},
	{"alt-poor", "a file", "HTML", func(d *draft) { d.inHTML("A horn on a rock", "fog.jpg") }},
	{"image-size", "no height", "HTML", func(d *draft) { d.inHTML(` height="337"`, "") }},
	{"image-http", "src", "HTML", func(d *draft) {
		d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "http://news.harbour-observer.example/media/fog.jpg")
	}},
	{"image-http", "a background", "HTML", func(d *draft) { d.inHTML("<h1 ", `<h1 background="http://news.harbour-observer.example/b.png" `) }},
	{"image-source", "data:", "HTML", func(d *draft) {
		d.inHTML("https://news.harbour-observer.example/media/fog.jpg", "data:image/png;base64,iVBORw0KGgo=")
	}},
	{"pixel", "1 by 1", "HTML", func(d *draft) { d.beside(`<img src="https://t.example/o.gif" alt="" width="1" height="1">`) }},
	{"pixel", "by style", "HTML", func(d *draft) {
		d.beside(`<img src="https://t.example/o.gif" alt="" width="600" height="4" style="height:0">`)
	}},
	{"pixel", "hidden", "HTML", func(d *draft) {
		d.beside(`<img src="https://t.example/o.gif" alt="" width="600" height="40" style="display:none">`)
	}},
	{"private-remote", "a picture", "HTML", func(d *draft) { d.o.Private = true }},

	// sight
	{"contrast", "grey on paper", "HTML", func(d *draft) { d.beside(`<p class="i" style="color:#999">Faint words</p>`) }},
	{"contrast", "an alt", "HTML", func(d *draft) { d.inHTML(`height="337" style="color:#1b1916"`, `height="337" style="color:#ccc"`) }},
	{"contrast", "by a class", "HTML", func(d *draft) {
		d.beside(`<p class="i w">Faint words</p>`)
		d.inHTML("<style>\n@media (max", "<style>\ntd p.w{color:#aaa}\n@media (max")
	}},
	{"contrast", "a colour within a colour", "HTML", func(d *draft) {
		d.beside(`<div style="background:rgb(20, 20, 20)"><p class="i" style="color:rgba(255,255,255,.3)">Faint words</p></div>`)
	}},
	{"contrast-dark", "ink left dark", "HTML", func(d *draft) { d.beside(`<p style="color:#1b1916">Lost in the dark</p>`) }},
	{"contrast-large", "a pale headline", "HTML", func(d *draft) { d.beside(`<p class="i" style="color:#888;font-size:30px">Pale and large</p>`) }},
	{"text-caps", "shouted", "HTML", func(d *draft) { d.beside(`<p>THIS WEEK HARBOUR RADIO FORECASTS NOTHING</p>`) }},
	{"text-justify", "a paragraph", "HTML", func(d *draft) { d.beside(`<p style="text-align:justify">Fog, and rain</p>`) }},
	{"text-size", "12 px", "HTML", func(d *draft) { d.beside(`<p style="font:italic 12px/16px Georgia,serif">Small print</p>`) }},
	{"text-size", "half an em", "HTML", func(d *draft) { d.beside(`<p style="font-size:.5em">Small print</p>`) }},
	{"text-body", "15 px", "HTML", func(d *draft) {
		alike(d, 8)
		d.html = strings.ReplaceAll(d.html, "16px", "15px")
	}},
	{"text-body", "most of it", "HTML", func(d *draft) {
		alike(d, 2)
		d.beside(strings.Repeat(`<p style="font-size:14px">`+strings.Repeat("rain ", 22)+"</p>", 3))
		d.inText("1 Quay", strings.Repeat(strings.Repeat("rain ", 15)+"\n", 4)+"1 Quay")
	}},

	// needs
	{"missing", "the address", "HTML", func(d *draft) { d.inHTML("<p>1 Quay Street, Harbour</p>", "") }},
	{"missing", "the web version", "text", func(d *draft) { d.o.Needs[0].Text = "https://other.example/"; d.o.Needs = d.o.Needs[:1] }},
}

func anchor(url, words string) string {
	return `<a class="a" style="color:#9a1b1e;text-decoration:underline" href="` + url + `">` + words + `</a>`
}

// unlisted makes a letter of a mail: it need not say how to leave.
func unlisted(d *draft) { d.o.Letter = true }

// textOnlyWithout is a mail of text that does not say how to leave.
func textOnlyWithout(d *draft) {
	d.inText("Unsubscribe:\nhttps://news.harbour-observer.example/u/weekly/x7Yt\n", "")
	textAlone(d)
}
