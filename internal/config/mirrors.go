package config

import (
	"net/url"
	"slices"
	"strings"
)

// MirrorLinks says how links get to a mirror.
type MirrorLinks string

// The ways.
const (
	ByPage  MirrorLinks = "page"    // through a page of ours, which sends to what works when somebody clicks
	Written MirrorLinks = "written" // into the mail, when it is frozen
)

// Mirrors are copies of a newsroom's site, for readers where that is blocked.
type Mirrors struct {
	Site         *url.URL   // what they are copies of, without a trailing slash
	At           []*url.URL // where they are, the preferred one first
	Links        MirrorLinks
	Check        string // path, below each, that is asked for to see whether it works
	Text         bool   // where none works, our page shows the story's text
	AllowPrivate bool   // their addresses may be loopback or in a private network
}

var mirrorKeys = []key[Mirrors]{
	{name: "site", required: "site: https://harbour-observer.example", read: func(v value, m *Mirrors) { m.Site = v.base() }},
	{name: "at", required: "at: [https://mirror.example]", read: readMirrors},
	{name: "links", def: "page", read: func(v value, m *Mirrors) {
		s, _ := v.choice(string(ByPage), string(Written))
		m.Links = MirrorLinks(s)
	}},
	{name: "check", def: "/", read: func(v value, m *Mirrors) {
		s, ok := v.text()
		if ok && !strings.HasPrefix(s, "/") {
			v.reportf("for example: /about", "%s is no path of a site", quoted(s))
			return
		}
		m.Check = s
	}},
	{name: "text", def: "false", read: func(v value, m *Mirrors) { m.Text, _ = v.yes() }},
	{name: "allow_private", def: "false", read: func(v value, m *Mirrors) { m.AllowPrivate, _ = v.yes() }},
}

// readMirrorsOf reads a whole mapping; nil where it has no mirror.
func readMirrorsOf(v value) *Mirrors {
	var m Mirrors
	g := readMapping(v, "mirrors", mirrorKeys, &m)
	for _, u := range m.At {
		if u.Scheme == "http" && !m.AllowPrivate {
			g.at("at").reportf("give it https", "links in a mail need https, and %s has http", u)
		}
	}
	if m.Site == nil || len(m.At) == 0 {
		return nil
	}
	return &m
}

func readMirrors(v value, m *Mirrors) {
	list := v.items("addresses")
	if len(list) == 0 {
		v.report("there is no mirror here", "for example: at: [https://mirror.example]")
	}
	for _, item := range list {
		u := item.base()
		switch {
		case u == nil:
		case m.Site != nil && *u == *m.Site:
			item.report("this is the site itself", "name its copies")
		case slices.ContainsFunc(m.At, func(o *url.URL) bool { return *o == *u }):
			item.report("this mirror is named twice", "remove one")
		default:
			m.At = append(m.At, u)
		}
	}
}

// base reads an address that others stand below.
func (v value) base() *url.URL {
	u, ok := v.link("https", "http")
	if !ok {
		return nil
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		v.report("this is more than a site", "write it without user, ? and #: "+u.Scheme+"://"+u.Host+u.Path)
		return nil
	}
	return &url.URL{Scheme: strings.ToLower(u.Scheme), Host: strings.ToLower(u.Host), Path: strings.TrimRight(u.Path, "/")}
}
