package feed

import (
	"slices"
	"strings"
	"testing"
)

func TestDiscover(t *testing.T) {
	page := `<!doctype html><html><head><link rel="stylesheet" type="text/css" href="a.css">
<LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF=" /feed.xml ">
<link rel="alternate feed" type="application/atom+xml" href="https://other.example/atom"/>
<link rel="alternate" type="application/rss+xml" href="/feed.xml">
<link rel="alternate" type="text/html" href="/m/"><link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate" type="application/feed+json"></head>`
	if got := Discover([]byte(page), "https://wire.example/news/"); !slices.Equal(got, []string{"https://wire.example/feed.xml", "https://other.example/atom"}) {
		t.Error(got)
	}
	many := strings.Repeat(`<link rel=alternate type=application/rss+xml href="?x`+`">`, 3) + "<!-- unended <link"
	if got := Discover([]byte(many), "https://wire.example/"); len(got) != 1 {
		t.Error(got)
	}
	if got := Discover([]byte(page), "http://[::1"); got != nil {
		t.Error(got)
	}
}
