package digest

import (
	"fmt"
	"strings"
	"time"
)

// The parts of a story's score, in points. They add up to 100.
const (
	pointsValue    = 40 // the editor's value of the story; the middle where none is given
	pointsImage    = 15 // it has a picture
	pointsForm     = 15 // it is a feature, an analysis or an investigation
	pointsComplete = 15 // teaser 6, byline 3, the article itself 6
	pointsFresh    = 15 // from the window's first instant, 0, to its last
)

// score is a story's worth in whole points, by part.
type score struct{ value, image, form, complete, fresh int }

func (s score) total() int { return s.value + s.image + s.form + s.complete + s.fresh }

// String lists the parts that gave points.
func (s score) String() string {
	text := fmt.Sprintf("%d points", s.total())
	between := ": "
	for _, part := range []struct {
		name   string
		points int
	}{{"value", s.value}, {"image", s.image}, {"form", s.form}, {"complete", s.complete}, {"fresh", s.fresh}} {
		if part.points > 0 {
			text += fmt.Sprintf("%s%s %d", between, part.name, part.points)
			between = ", "
		}
	}
	return text
}

// forms are the words by which sources mark the longer forms, folded.
var forms = set("feature", "features", "analysis", "analyses", "investigation", "investigations", "investigative",
	"long read", "long reads", "longread", "longreads", "explainer", "explainers", "in depth", "deep dive",
	"reportage", "reportagen", "analyse", "analysen", "hintergrund", "recherche", "dossier",
	"enquete", "enquetes", "decryptage", "grand format", "analisis", "investigacion", "reportaje", "reportajes")

// scoreOf counts a story's points for the window [from, to).
func scoreOf(s Story, date, from, to time.Time) score {
	p := score{value: pointsValue / 2}
	if s.Value > 0 {
		p.value = (min(s.Value, 100)*pointsValue + 50) / 100
	}
	if s.Image != nil && s.Image.URL != "" {
		p.image = pointsImage
	}
	if hasForm(s) {
		p.form = pointsForm
	}
	if s.Teaser != "" {
		p.complete += 6
	}
	if len(s.Authors) > 0 {
		p.complete += 3
	}
	if s.HTML != "" {
		p.complete += 6
	}
	if span, age := to.Sub(from).Seconds(), date.Sub(from).Seconds(); span > 0 && age > 0 {
		p.fresh = min(pointsFresh, int(pointsFresh*age/span))
	}
	return p
}

func hasForm(s Story) bool {
	if forms[foldWords(s.Section)] {
		return true
	}
	for _, topic := range s.Topics {
		if forms[foldWords(topic)] {
			return true
		}
	}
	return false
}

// foldWords writes a label as its words alone, without case and accents.
func foldWords(label string) string { return strings.Join(titleWords(label), " ") }
