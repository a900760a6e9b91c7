package ops

import (
	"strings"
	"testing"
)

func TestDressed(t *testing.T) {
	const ours = `<base target="_blank"><style>:root{color-scheme:light}</style>`
	for _, c := range []struct {
		look     look
		in, want string
	}{
		{lookLight, "<p>", ours + "<p>"},
		{lookLight, "<HTML><Head lang=x><p a='1'>&amp;<!--[if mso]><table><![endif]-->", "<HTML><Head lang=x>" + ours + "<p a='1'>&amp;<!--[if mso]><table><![endif]-->"},
		{lookLight, "<style>@media screen and ( Prefers-Color-Scheme : DARK ){a{}}</style>", ours + "<style>@media screen and (max-width:0){a{}}</style>"},
		{lookLight, "<style>@media (prefers-color-scheme:light){a{}}</style>", ours + "<style>@media (min-width:0){a{}}</style>"},
		{lookLight, "<p>@media (prefers-color-scheme:dark){", ours + "<p>@media (prefers-color-scheme:dark){"},
		{lookDark, `<head><source media="(prefers-color-scheme: dark)" srcset="d.png"><img src="l.png">`, strings.Replace("<head>"+ours, "light", "dark", 1) + `<source media="(min-width:0)" srcset="d.png"><img src="l.png">`},
		{lookImages, `<img src="a.png" srcset='b.png 2x' alt="A &quot;b&quot;"><td background=c.png>`, ours + `<img alt="A &#34;b&#34;"><td>`},
		{lookStyles, `a<style>b</style>c<STYLE>d</STYLE><p style="e">f`, ours + `ac<p style="e">f`},
		{lookPrinted, "<style>@media print{a{}}@media only screen and (min-width:3px){b{}}</style>", ours + "<style>@media screen{a{}}@media only print and (min-width:3px){b{}}</style>"},
	} {
		if got := dressed(c.in, c.look); got != c.want {
			t.Errorf("%s: %s\nbecame %s\nwant   %s", c.look, c.in, got, c.want)
		}
	}
}

func TestInboxOf(t *testing.T) {
	for in, want := range map[string]string{
		"<head><title>No</title><style>no{}</style></head><div style=display:none>First.</div><p>Then &amp;\n there": "First. Then & there",
		"<div>First.&zwnj;&nbsp;&zwnj;&nbsp;</div><p>Then":                                                           "First.\u00a0\u00a0\u00a0\u00a0 Then",
		strings.Repeat("я", 300): strings.Repeat("я", snippetRunes),
	} {
		if got := snippet(textOf(in)); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
	if got := decoded("=?UTF-8?q?Br=C3=BCcke?= news"); got != "Brücke news" {
		t.Error(got)
	}
}

func TestFolded(t *testing.T) {
	line := strings.Repeat("QUJD", 19) + "\r\n"
	got := folded([]byte("A: b\r\n\r\n" + strings.Repeat(line, 1203) + "QQ==\r\n--end\r\n"))
	if want := "A: b\n\n" + strings.ReplaceAll(strings.Repeat(line, 3), "\r", "") + "[1,200 lines more]\nQQ==\n--end\n"; got != want {
		t.Errorf("%s", got)
	}
}
