package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

// recall reads what remember kept under a key into v. It tells whether there was any;
// v is as it was where not.
func (n *Newsroom) recall(ctx context.Context, key string, v any) (found bool, err error) {
	text, err := n.Store.Meta(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return false, fmt.Errorf("what the database keeps under %q: %w", key, err)
	}
	return true, nil
}

// remember keeps v under a key, as JSON, in place of what was there.
func (n *Newsroom) remember(ctx context.Context, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return n.Store.PutMeta(ctx, key, string(text))
}
