package digest

import "time"

// Revision is what an edition says, numbered: the whole input of a rendering.
type Revision struct {
	Newsletter string    `json:"newsletter"` // its name in the configuration
	Title      string    `json:"title"`      // its name for readers: "The Harbour Observer"
	Slot       Slot      `json:"slot"`
	At         time.Time `json:"at"` // the slot, in the newsletter's time zone
	Number     int       `json:"number"`
	Language   string    `json:"language"`
	Subject    string    `json:"subject"`
	Preheader  string    `json:"preheader"`
	Intro      string    `json:"intro,omitempty"`     // Markdown
	NoAppeal   bool      `json:"no_appeal,omitempty"` // the appeal for support is left out
	Lead       *Item     `json:"lead,omitempty"`
	Blocks     []Block   `json:"blocks"`

	Corrections []Correction `json:"corrections,omitempty"` // of stories in earlier editions, taken by the editor
}

// Block is a section of the edition with its stories.
type Block struct {
	Name  string `json:"name"`
	Items []Item `json:"items"`
}

// Item is a story as it is printed.
type Item struct {
	Story   Story  `json:"story"`
	Section string `json:"section"`
	Kicker  string `json:"kicker,omitempty"`
	Also    []Link `json:"also,omitempty"` // the same event, told elsewhere
}

// Link is a titled address.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Items lists every story of the revision in the order it is printed.
func (r Revision) Items() []Item {
	var all []Item
	if r.Lead != nil {
		all = append(all, *r.Lead)
	}
	for _, b := range r.Blocks {
		all = append(all, b.Items...)
	}
	return all
}
