package digest

import "time"

// FirstWindow is how far back the first edition of a newsletter looks.
const FirstWindow = 7 * 24 * time.Hour

// Window is the stretch of time an edition takes its stories from, up to the instant
// at: [from, to). It begins where the content of the last edition that was
// really sent ended, not "seven days ago", so that a week that was held or
// skipped loses no story. With no such edition (zero lastCutoff) it begins
// [FirstWindow] before at. It is empty, never backwards, where lastCutoff is later.
func Window(lastCutoff, at time.Time) (from, to time.Time) {
	switch {
	case lastCutoff.IsZero():
		return at.Add(-FirstWindow), at
	case lastCutoff.After(at):
		return at, at
	}
	return lastCutoff, at
}
