package digest

import "slices"

// opinions are the words by which sources mark what somebody thinks.
var opinions = folded("opinion", "opinions", "comment", "commentary", "comments", "editorial", "editorials", "leader", "leaders", "column", "columns",
	"columnists", "op ed", "letter", "letters", "letters to the editor", "viewpoint", "views",
	"meinung", "meinungen", "kommentar", "kommentare", "leitartikel", "kolumne", "kolumnen", "leserbriefe", "glosse",
	"tribune", "tribunes", "chronique", "chroniques", "éditoriaux", "editoriales", "opiniones", "columna", "columnas", "opinione", "opinioni",
	"мнение", "мнения", "колонка", "колонки", "редакционная", "думка", "думки", "погляд", "погляди", "رأي", "آراء")

// mayLead tells whether a story may be the first of an edition by the rule: what
// nobody paid for, and what a section's "lead" allows; where that says nothing, no
// opinion, by its section's name or the source's own words.
func mayLead(c *candidate, section Section) bool {
	switch {
	case c.story.Sponsor != "":
		return false
	case section.Lead != nil:
		return *section.Lead
	case opinions()[foldWords(section.Name)] || opinions()[foldWords(c.story.Section)]:
		return false
	}
	return !slices.ContainsFunc(c.topics, func(l label) bool { return opinions()[l.name] })
}
