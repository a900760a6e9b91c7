package templates

import (
	"html/template"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

// picture is a story's picture with what stands under it.
type picture struct {
	URL, Alt      string
	Caption       string // caption and credit
	Width, Height int    // pixels of the file; 0 where unknown
}

// insidePicture begins the address of a picture that travels in the message.
const insidePicture = "cid:"

// newPicture is nil where there is no picture, or no safe address.
func newPicture(in *digest.Image, home string) *picture {
	if in == nil {
		return nil
	}
	to := link(in.URL, home)
	if strings.HasPrefix(in.URL, insidePicture) {
		to = ascii(in.URL)
	}
	if to == "" || strings.HasPrefix(to, "mailto:") {
		return nil
	}
	p := &picture{URL: to, Alt: clean(in.Alt, lineRunes), Caption: clean(in.Caption, lineRunes)}
	if in.Width > 0 && in.Height > 0 {
		p.Width, p.Height = in.Width, in.Height
	}
	credit := clean(in.Credit, lineRunes)
	switch {
	case p.Caption == "":
		p.Caption = credit
	case credit != "":
		p.Caption += " " + credit
	}
	return p
}

// sized is a picture as large as it is shown. Height is 0 where unknown.
type sized struct {
	URL           template.URL // safe: newPicture has seen to it; of a private mail it is one of its own parts
	Alt           string
	Width, Height int // in a column of the width that was asked for
	Share         int // of the column's width, in percent: a stacked column is wider, and the picture grows with it
	Most          int // pixels it never grows beyond
}

// Fit sizes a picture for a column: never wider than the column or than the file,
// never taller than the column is wide.
func (p *picture) Fit(column int) sized {
	s := sized{URL: template.URL(p.URL), Alt: p.Alt, Width: column, Share: 100, Most: Column}
	if p.Width == 0 {
		return s
	}
	s.Most = min(Column, p.Width)
	if p.Height > p.Width {
		s.Share = max(1, 100*p.Width/p.Height)
	}
	s.Width = min(column, p.Width)
	s.Height = max(1, s.Width*p.Height/p.Width)
	if s.Height > column {
		s.Width, s.Height = max(1, s.Width*column/s.Height), column
	}
	return s
}
