package jobs

import "time"

// RestFor has mailings that had nothing due rest so long.
func (j *Jobs) RestFor(d time.Duration) { j.resting = d }
