package store

import (
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// Wave is a wave of a mailing: as it was planned, and how far it is.
type Wave struct {
	Number int // 1 for the first
	mailer.Wave
	Staff     []int64 // WaveStaff only: the readers' numbers
	Sample    mailer.Sample
	Low, High int64 // its places in the sample, the first and the last
	Expected  int64 // readers, when it was planned
	Width     int   // of the parts of a window, in readers of the list; 0: all at once
	Every     time.Duration
	Limits    mailer.Thresholds

	Laid     int64 // deliveries
	BeganAt  time.Time
	LaidAt   time.Time // every delivery of it is laid
	EndedAt  time.Time // every one was tried
	Pardoned bool      // it stopped, and was told to go on
}

// Planning is what it takes to plan the waves of a mailing.
type Planning struct {
	Waves  []mailer.Wave // the last is the rest
	Staff  []int64       // subscribers' numbers
	Limits mailer.Thresholds
	Window time.Duration // of the last wave
	Sample mailer.Sample
}

// ErrWait says that a mailing's next part is not to be laid yet. Until is when it
// is; zero: when the wave at hand is through.
type ErrWait struct{ Until time.Time }

func (e *ErrWait) Error() string {
	if e.Until.IsZero() {
		return "the wave at hand is not through"
	}
	return fmt.Sprintf("the next part is not before %s", e.Until.Format(time.RFC3339))
}
