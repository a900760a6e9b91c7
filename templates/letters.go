package templates

import "errors"

// Confirmation asks an address for its yes. URL leads to the ConfirmPage.
type Confirmation struct {
	Newsletters []string // titles
	URL         string
	Greeting    string // a whole line, words.Catalogue.Greet; may be empty
}

// Goodbye tells a reader that they have left. Undo leads back; may be empty.
type Goodbye struct {
	Newsletter string
	Undo       string
	Greeting   string
}

// Notice is a letter to the editors: a subject and a body in Markdown.
type Notice struct {
	Subject string
	Body    string
}

// Letter is Confirmation, Goodbye or Notice.
type Letter interface{ isLetter() }

func (Confirmation) isLetter() {}
func (Goodbye) isLetter()      {}
func (Notice) isLetter()       {}

// Letter makes a mail to one person, in the language (BCP 47), on plain paper.
func (t *Theme) Letter(l Letter, look Look, language string) (Rendered, error) {
	return Rendered{}, errors.New("not yet")
}
