// Package words holds every word that readers see which is not a story: the
// catalogues of the languages, their plural rules and their dates.
//
// A catalogue is one YAML file in this folder, en.yaml and so on; its keys are
// the fields of [Catalogue]. [For] finds one by language tag.
package words

import "time"

// Catalogue is a language.
type Catalogue struct {
	Language string `yaml:"language"` // BCP 47: "en"
	Dir      string `yaml:"dir"`      // "ltr" or "rtl"
}

// For is the catalogue of a language tag ("pt-BR" asks for pt-BR, then pt), or
// English where there is none.
func For(language string) *Catalogue { return &Catalogue{} }

// Date is a day in full: "Friday, 27 November 2026".
func (c *Catalogue) Date(t time.Time) string { return "" }

// Greet is the greeting line for a name, "Dear Ada,"; empty for an empty name.
func (c *Catalogue) Greet(name string) string { return "" }
