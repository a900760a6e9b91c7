package digest

import "testing"

// A source that is wholly in another language was chosen on purpose; a single
// foreign story among others was not.
func TestLanguageOfSources(t *testing.T) {
	s := week()
	s.Rules.Language = "en"
	s.Stories = nil
	add := func(id, source, language string) {
		x := tale(id, map[string]string{
			"home": "Ferry sails again", "guest": "Abre la lonja", "le": "Le pont fermé", "la": "Marée haute",
		}[id], "News", 2)
		x.Source, x.Language = source, language
		s.Stories = append(s.Stories, x)
	}
	add("home", "english", "en-GB")
	add("guest", "english", "es")
	add("le", "french", "fr")
	add("la", "french", "fr-CA")
	p, err := Make(s, Overlay{})
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]bool{}
	for _, c := range p.Chosen {
		in[c.Story.ID] = true
	}
	for id, want := range map[string]bool{"home": true, "guest": false, "le": true, "la": true} {
		if in[id] != want {
			t.Errorf("%s in the edition: %t, want %t", id, in[id], want)
		}
	}
}
