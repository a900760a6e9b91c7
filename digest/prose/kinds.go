package prose

import "golang.org/x/net/html/atom"

// Elements that are not allowed, by what becomes of them. One that stands in none of
// these tables goes, and leaves its content.
var (
	// gone are elements that go with all that is in them.
	gone = set(
		atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Title, atom.Meta, atom.Link, atom.Svg, atom.Math,
		atom.Form, atom.Input, atom.Button, atom.Select, atom.Textarea, atom.Datalist, atom.Option, atom.Optgroup, atom.Nav, atom.Dialog,
		atom.Noembed, atom.Noframes, atom.Plaintext, atom.Param, atom.Source, atom.Track, atom.Area, atom.Map, atom.Col, atom.Colgroup,
	)
	// players are elements that showed something which a mail cannot.
	players = set(
		atom.Iframe, atom.Object, atom.Embed, atom.Video, atom.Audio, atom.Canvas, atom.Applet, atom.Frame, atom.Frameset,
	)
	// renamed are elements that become an allowed one, so that words do not run into
	// each other, or that have a newer name.
	renamed = map[atom.Atom]atom.Atom{
		atom.Header: atom.Div, atom.Footer: atom.Div, atom.Main: atom.Div, atom.Aside: atom.Div, atom.Address: atom.Div, atom.Center: atom.Div,
		atom.Details: atom.Div, atom.Summary: atom.Div, atom.Fieldset: atom.Div, atom.Legend: atom.Div, atom.Hgroup: atom.Div, atom.Listing: atom.Pre,
		atom.Xmp: atom.Pre, atom.Menu: atom.Ul, atom.Dir: atom.Ul, atom.Strike: atom.S, atom.Tt: atom.Code, atom.Dfn: atom.Em, atom.Acronym: atom.Abbr,
	}
)

// closers are elements whose start ends a paragraph that is open (HTML 13.2.6.4.7).
var closers = set(
	atom.P, atom.Hr, atom.Div, atom.Section, atom.Article, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol,
	atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Pre, atom.Figure, atom.Figcaption, atom.Table,
)

// parents are elements that stand in certain others alone; elsewhere a browser ends
// other elements for them, or moves them.
var parents = map[atom.Atom]map[atom.Atom]bool{
	atom.Li: set(atom.Ul, atom.Ol), atom.Dt: set(atom.Dl), atom.Dd: set(atom.Dl),
	atom.Caption: set(atom.Table), atom.Thead: set(atom.Table), atom.Tbody: set(atom.Table), atom.Tfoot: set(atom.Table),
	atom.Tr: set(atom.Thead, atom.Tbody, atom.Tfoot), atom.Td: set(atom.Tr), atom.Th: set(atom.Tr),
}

// grids are elements that hold no words and no elements but those that parents says.
var grids = set(atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr)

// formatting elements are those that a browser opens anew where others end within them
// (HTML 13.2.4.3): no more than two of a kind within each other stay as they are.
var formatting = [8]atom.Atom{atom.B, atom.Code, atom.Em, atom.I, atom.S, atom.Small, atom.Strong, atom.U}

func set(atoms ...atom.Atom) map[atom.Atom]bool {
	m := make(map[atom.Atom]bool, len(atoms))
	for _, a := range atoms {
		m[a] = true
	}
	return m
}
