package subscribers

// State is where a subscription stands; the package comment draws the moves.
type State string

// The states of a subscription. The store's CHECK lists the same words.
const (
	Pending      State = "pending"      // signed up, not yet confirmed from the mail
	Confirmed    State = "confirmed"    // gets every edition
	Unsubscribed State = "unsubscribed" // has left; kept, so that no import brings them back
)

// States lists every state, in the order of a subscription's life.
var States = []State{Pending, Confirmed, Unsubscribed}

// Event is something that happens to a subscription.
type Event string

// The events.
const (
	SignedUp     Event = "signed up" // on a page; a confirmation is to be mailed
	FollowedLink Event = "confirmed" // the reader followed the link in that mail
	Imported     Event = "imported"  // a row of a file, on the import's basis
	Added        Event = "added"     // an operator, for one reader
	Left         Event = "left"      // by link, button, one-click or mail
)

// Events lists every event.
var Events = []Event{SignedUp, FollowedLink, Imported, Added, Left}

// None is the state of a subscription that does not exist.
const None State = ""

// Move says what an event makes of a subscription. A suppressed address stays as
// it is, but that it can leave: lifting a suppression is an act of its own. Where
// nothing changes it returns from.
func Move(from State, event Event, suppressed bool) State {
	if suppressed && event != Left {
		return from
	}
	switch event {
	case SignedUp:
		if from == None || from == Unsubscribed {
			return Pending
		}
	case FollowedLink:
		if from == Pending {
			return Confirmed
		}
	case Imported:
		if from == None || from == Pending {
			return Confirmed
		}
	case Added:
		return Confirmed
	case Left:
		if from == Pending || from == Confirmed {
			return Unsubscribed
		}
	}
	return from
}
