package lint

import (
	"bytes"
	"fmt"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"
)

// draft is a sound newsletter mail that a test breaks.
type draft struct {
	t       testing.TB
	header  string
	text    string
	html    string
	related string // further parts beside the HTML
	o       Options
	wire    func(eml []byte) []byte // the last word; may be nil
	whole   string                  // instead of all else
}

const goodHeader = `Date: Fri, 27 Nov 2026 09:00:00 +0100
From: The Harbour Observer <news@harbour-observer.example>
Reply-To: desk@harbour-observer.example
To: =?utf-8?q?Ada_R=C3=A9ader?= <ada@example.org>
Message-ID: <34m42ut56erlped0j37va3qq94@harbour-observer.example>
Subject: The woman who listens for fog
List-Id: The Harbour Observer <weekly.news.harbour-observer.example>
List-Unsubscribe: <https://news.harbour-observer.example/u/weekly/x7Yt>,
 <mailto:leave@harbour-observer.example?subject=x7Yt>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
List-Archive: <https://news.harbour-observer.example/a/weekly>
Feedback-ID: 2026-11-27T0900:weekly:digest:harbourobs
MIME-Version: 1.0
`

const goodSignature = `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=harbour-observer.example; s=2026; bh=abc=; b=def=;
 h=From:From:To:To:Cc:Subject:Subject:Date:Date:Message-ID:Message-ID:
 Reply-To:Reply-To:MIME-Version:MIME-Version:Content-Type:Content-Type:
 List-Id:List-Id:List-Unsubscribe:List-Unsubscribe:
 List-Unsubscribe-Post:List-Unsubscribe-Post:Feedback-ID:List-Archive
`

const goodText = `The Harbour Observer

Read it on the web:
https://news.harbour-observer.example/e/weekly/2026-11-27

The woman who listens for fog
-----------------------------

The light on Gull Rock was automated thirty years ago. Its fog horn was not.

https://harbour-observer.example/2026/11/17/fog

-- 
Unsubscribe:
https://news.harbour-observer.example/u/weekly/x7Yt

1 Quay Street, Harbour
`

const goodHTML = `<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The woman who listens for fog</title>
<style>
@media (max-width:520px){.c{width:100% !important}}
</style>
<style>
@media (prefers-color-scheme:dark){.p{background:#171613 !important}.i{color:#ece8df !important}.a{color:#f2a093 !important}}
</style>
</head>
<body class="p" style="margin:0;background:#fdfcf8">
<div style="display:none" lang="en" dir="ltr">Her ear, eleven years on</div>
<div role="article" aria-label="The woman who listens for fog" lang="en" dir="ltr" class="p i" style="background:#fdfcf8;color:#1b1916;font:16px/26px Georgia,serif">
<!--[if mso]><table role="none" width="600"><tr><td><![endif]-->
<table role="none" width="100%"><tr><td>
<h1 class="i" style="font-size:46px;color:#1b1916">The Harbour Observer</h1>
<p><a class="a" style="color:#9a1b1e;text-decoration:underline" href="https://news.harbour-observer.example/e/weekly/2026-11-27">Read it on the web</a></p>
<a class="a" style="color:#9a1b1e" href="https://harbour-observer.example/2026/11/17/fog"><img class="i c" src="https://news.harbour-observer.example/media/fog.jpg" alt="A horn on a rock" width="600" height="337" style="color:#1b1916"></a>
<h2 class="i" style="color:#1b1916"><a class="i" style="color:#1b1916;text-decoration:none" href="https://harbour-observer.example/2026/11/17/fog">The woman who listens for fog</a></h2>
<p class="i" style="color:#1b1916">The light on Gull Rock was automated thirty years ago. Its fog horn was not.</p>
<p style="font-size:14px">You asked for this mail. <a class="a" style="color:#9a1b1e;text-decoration:underline" href="https://news.harbour-observer.example/u/weekly/x7Yt">Unsubscribe</a></p>
<p>1 Quay Street, Harbour</p>
</td></tr></table>
<!--[if mso]></td></tr></table><![endif]-->
</div>
</body>
</html>
`

func good(t testing.TB) *draft {
	return &draft{
		t: t, header: goodHeader + goodSignature, text: goodText, html: goodHTML,
		o: Options{
			Now: time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC), Received: true,
			Needs: []Need{{"the link to the web version", "https://news.harbour-observer.example/e/weekly/2026-11-27"}, {"the postal address", "1 Quay Street,\nHarbour"}},
		},
	}
}

// put replaces a text, which has to be there, by another.
func put(d *draft, in *string, old, text string) {
	d.t.Helper()
	if !strings.Contains(*in, old) {
		d.t.Fatalf("there is no %q to break", old)
	}
	*in = strings.Replace(*in, old, text, 1)
}

func (d *draft) inHeader(old, text string) { d.t.Helper(); put(d, &d.header, old, text) }
func (d *draft) inText(old, text string)   { d.t.Helper(); put(d, &d.text, old, text) }
func (d *draft) inHTML(old, text string)   { d.t.Helper(); put(d, &d.html, old, text) }

// beside adds HTML in front of the address.
func (d *draft) beside(html string) { d.inHTML("<p>1 Quay", html+"\n<p>1 Quay") }

// onWire replaces octets of the finished message.
func (d *draft) onWire(old, text string) {
	d.wire = func(eml []byte) []byte {
		if !bytes.Contains(eml, []byte(old)) {
			d.t.Fatalf("there is no %q to break", old)
		}
		return bytes.Replace(eml, []byte(old), []byte(text), 1)
	}
}

func qp(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "\r\n", "\n"), "\n", "\r\n")
}

func partOf(media, content string) string {
	return "--=_b\r\nContent-Type: " + media + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + qp(content) + "\r\n"
}

func (d *draft) bytes() []byte {
	eml := []byte(d.whole)
	if d.whole == "" {
		html := partOf("text/html", d.html)
		if d.related != "" {
			html = "--=_b\r\nContent-Type: multipart/related; boundary=\"=_r\"\r\n\r\n" + strings.Replace(html, "--=_b", "--=_r", 1) + d.related + "--=_r--\r\n\r\n"
		}
		eml = fmt.Appendf(nil, "%sContent-Type: multipart/alternative;\r\n boundary=\"=_b\"\r\n\r\n%s%s--=_b--\r\n",
			strings.ReplaceAll(d.header, "\n", "\r\n"), partOf("text/plain", d.text), html)
	}
	if d.wire != nil {
		eml = d.wire(eml)
	}
	return eml
}

const picture = "--=_r\r\nContent-Type: image/png\r\nContent-ID: <fog@news>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
