package newsroom

import (
	"fmt"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// standbyNotes tells, in words, when a relay on standby takes over, and when it rests
// again.
func standbyNotes(note func(string)) (observe func(mailer.Event)) {
	return func(e mailer.Event) {
		switch e.Kind {
		case mailer.EventStandbyOn:
			note(fmt.Sprintf("No other relay takes mail: %s, on standby, takes over.", e.Relay))
		case mailer.EventStandbyOff:
			note(fmt.Sprintf("Another relay takes mail again: %s rests.", e.Relay))
		}
	}
}
