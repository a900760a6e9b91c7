package mailer

import (
	"time"
)

// RetryPolicy says how long a deferred delivery waits, and when it is given up.
// Zero fields take the defaults.
type RetryPolicy struct {
	First   time.Duration // wait after the first deferral; 0 is 5 minutes. Each next wait is twice the last
	Most    time.Duration // the longest wait; 0 is 4 hours
	GiveUp  time.Duration // from the first try to the last; 0 is 48 hours
	InDoubt DoubtPolicy   // "" is Resend
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.First <= 0 {
		p.First = 5 * time.Minute
	}
	if p.Most <= 0 {
		p.Most = 4 * time.Hour
	}
	if p.GiveUp <= 0 {
		p.GiveUp = 48 * time.Hour
	}
	if p.InDoubt == "" {
		p.InDoubt = Resend
	}
	return p
}
