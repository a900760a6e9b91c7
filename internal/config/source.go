package config

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

var sourceKeys = []key[Source]{
	{name: "name", read: func(v value, s *Source) { s.Name, _ = v.text() }},
	{name: "url", read: func(v value, s *Source) { s.URL, s.Secret = v.fetched("https://example.org/feed.xml", "env:FEED_URL") }},
	{name: "file", read: func(v value, s *Source) { s.File, _ = v.path() }},
	{name: "type", read: func(v value, s *Source) { s.Type = readType(v) }},
	{name: "key", read: func(v value, s *Source) { s.Key, _ = v.secret("GHOST_KEY") }},
	{name: "complete_from", read: readOthers},
	{name: "folder", read: func(v value, s *Source) { s.Folder, _ = v.path() }},
	{name: "section", read: func(v value, s *Source) { s.Section, _ = v.text() }},
	{name: "language", read: func(v value, s *Source) { s.Language, _ = v.language() }},
	{name: "evergreen", def: "false", read: func(v value, s *Source) { s.Evergreen, _ = v.yes() }},
	{name: "pages", def: "lacking", read: func(v value, s *Source) {
		c, _ := v.choice(string(PagesLacking), string(PagesForText), string(PagesNever))
		s.Pages = Pages(c)
	}},
	{name: "allow_private", def: "false", read: func(v value, s *Source) { s.AllowPrivate, _ = v.yes() }},
}

// fetched reads the address of something to fetch, which may be a reference where it
// holds a secret, and is one itself then. Empty: it was wrong, and is reported.
func (v value) fetched(example, reference string) (address string, secret bool) {
	text, direct, ok := v.reference()
	if !ok {
		return "", false
	}
	u, wrong := checkLink(text, "https", "http")
	switch {
	case wrong != "" && direct:
		v.report(quoted(text)+" "+wrong, "for example: "+example)
	case wrong != "":
		v.report("what this refers to "+wrong, "for example: "+example)
	case direct && u.User != nil:
		name := strings.TrimPrefix(reference, "env:")
		v.report("a secret does not belong in this file",
			fmt.Sprintf("use url: %s, or file:%s with the address in that file", reference, strings.ToLower(strings.ReplaceAll(name, "_", "."))))
	default:
		return u.String(), !direct
	}
	return "", false
}

func readSources(v value, n *Newsletter) {
	list := v.items("sources")
	if len(list) == 0 {
		v.report("stories must come from somewhere", "for example: sources: [{url: https://example.org/feed.xml}]")
	}
	for _, item := range list {
		var s Source
		g := readMapping(item, "a source", sourceKeys, &s)
		checkSource(g, &s)
		if slices.ContainsFunc(n.Sources, func(t Source) bool { return s.Name != "" && t.Name == s.Name }) {
			g.at("name").reportf("give each a name of its own: name: second", "two sources are called %s", quoted(s.Name))
		}
		if s.Name == digest.ElsewhereSource {
			g.at("name").reportf("give it another: name: partners", "no source can be called %s: that is where links come from that an editor puts in", quoted(s.Name))
		}
		n.Sources = append(n.Sources, s)
	}
}

// checkSource checks that a source is one thing, and names it after that.
func checkSource(g given, s *Source) {
	var kinds []string
	for _, k := range []string{"url", "file", "folder"} {
		if g.has(k) {
			kinds = append(kinds, k)
		}
	}
	switch len(kinds) {
	case 0:
		g.at("name").report("this source says not where its stories are", "give it url, file or folder")
	case 1:
	default:
		g.at(kinds[1]).reportf("make them two sources", "a source is one thing, and this has %s", strings.Join(kinds, " and "))
	}
	checkPublic(g.at("url"), s.URL, s.AllowPrivate)
	for _, o := range s.CompleteFrom {
		checkPublic(g.at("complete_from"), o.URL, s.AllowPrivate)
	}
	switch {
	case s.URL == "" && s.Type != "" && s.Type != TypeFeed && len(kinds) > 0:
		g.at("type").reportf("give it a url, or leave the type out", "a source of type %s has an address", s.Type)
	case s.Folder != "" && len(s.CompleteFrom) > 0:
		g.at("complete_from").report("stories of your own are completed from nowhere else", "write into their files what they lack")
	}
	s.URL, s.Secret = checkInterface(g, s.Type, s.URL, s.Key, s.Secret)
	if s.Name == "" {
		s.Name = nameOfSource(s)
	}
}

// Inside tells whether an address names a host inside a network, which a source has to
// say is meant.
func Inside(address string) bool {
	u, err := url.Parse(address)
	return err == nil && private(u.Hostname())
}

// checkPublic reports an address inside a network, unless that is meant.
func checkPublic(v value, address string, meant bool) {
	if u, err := url.Parse(address); err == nil && Inside(address) && !meant {
		v.reportf("if that is meant, add allow_private: true", "%s is not on the public internet", u.Hostname())
	}
}

// nameOfSource is the host of a feed, or the last part of a path.
func nameOfSource(s *Source) string {
	switch {
	case s.Folder != "":
		return filepath.Base(s.Folder)
	case s.File != "":
		return strings.TrimSuffix(filepath.Base(s.File), path.Ext(s.File))
	}
	return HostName(s.URL)
}

// HostName is what a feed is called that has no name: its host.
func HostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
