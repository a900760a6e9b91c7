package store

import (
	"context"
	"database/sql"
	"time"
)

// Prune drops what is kept for a time alone: sign-ups that nobody has confirmed since
// an instant, with the readers who then have no tie, and links of a locked node that
// were not followed. Who had read the newsletter before, and left it, is again one who
// has left. It returns how many ties it dropped.
func (s *Store) Prune(ctx context.Context, before, now time.Time) (dropped int64, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		const stale = `state = 'pending' AND confirmed_at = 0 AND joined_at < $1`
		const earlier = `(left_at <> 0 OR (SELECT COUNT(*) FROM consent c WHERE c.subscriber = subscription.subscriber
			AND c.newsletter = subscription.newsletter) > 1)`
		if _, err := changed(ctx, tx, `UPDATE subscription SET state = 'unsubscribed',
			left_at = CASE left_at WHEN 0 THEN $2 ELSE left_at END
			WHERE `+stale+` AND `+earlier, micros(before), micros(now)); err != nil {
			return err
		}
		numbers, err := collect(ctx, tx, scanOne[int64], `DELETE FROM subscription WHERE `+stale+` RETURNING subscriber`, micros(before))
		if err != nil {
			return err
		}
		dropped = int64(len(numbers))
		for _, number := range numbers {
			_, err := erase(ctx, tx, `number = $1 AND NOT EXISTS (SELECT 1 FROM subscription n WHERE n.subscriber = $1)`, number)
			if err != nil {
				return err
			}
		}
		_, err = changed(ctx, tx, `DELETE FROM inbox WHERE sealed IS NULL AND kind = 'joined' AND created_at < $1`, micros(before))
		return err
	})
	if err == nil && dropped > 0 {
		err = s.Checkpoint(ctx)
	}
	return dropped, err
}
