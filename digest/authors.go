package digest

import "slices"

// desks are bylines of desks and agencies: the limit of stories an author is for
// people.
var desks = folded("staff", "staff reporter", "staff writer", "our correspondent", "newsroom", "news desk", "editor", "editors", "editorial board",
	"the editors", "admin", "redaktion", "die redaktion", "la rédaction", "rédaction", "redacción", "la redacción", "redakcja", "redazione",
	"reuters", "ap", "associated press", "the associated press", "afp", "agence france presse", "dpa", "apa", "sda", "ansa", "efe", "pa media",
	"bloomberg", "xinhua", "tass", "interfax", "ukrinform", "unian", "редакция", "редакція")

// deskStories is how many of the week's stories one byline must stand over, and be
// half of all, to be a desk's whatever its name: a newspaper that signs everything
// with its own would else have an edition of two stories.
const deskStories = 12

// authors counts the stories of each author in the edition.
type authors struct {
	most  int        // stories of one author; 0: no limit
	names [][]string // by candidate: the people among its authors, folded
	count map[string]int
}

func newAuthors(most int, all []*candidate) *authors {
	a := &authors{most: most, names: make([][]string, len(all)), count: map[string]int{}}
	week, signed := 0, map[string]int{}
	for i, c := range all {
		for _, l := range c.authors {
			if desks()[l.name] {
				continue
			}
			a.names[i] = append(a.names[i], l.name)
			if c.open() {
				signed[l.name]++
			}
		}
		if c.open() {
			week++
		}
	}
	for i := range a.names {
		a.names[i] = slices.DeleteFunc(a.names[i], func(name string) bool {
			return signed[name] >= deskStories && 2*signed[name] >= week
		})
	}
	return a
}

// full names the author of a candidate who has as many stories as one may have, or
// nobody. leaving is a candidate that would make room, or -1.
func (a *authors) full(i, leaving int) (name string, yes bool) {
	if a.most == 0 {
		return "", false
	}
	for _, name := range a.names[i] {
		has := a.count[name]
		if leaving >= 0 && slices.Contains(a.names[leaving], name) {
			has--
		}
		if has >= a.most {
			return name, true
		}
	}
	return "", false
}

// add counts a candidate in, or with -1 out.
func (a *authors) add(i, n int) {
	for _, name := range a.names[i] {
		a.count[name] += n
	}
}
