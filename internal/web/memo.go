package web

import "sync"

// memo keeps what was made of a revision. Revisions that are shown never change,
// so nothing kept goes stale; past most, any one makes room.
type memo[V any] struct {
	most int

	mu     sync.Mutex
	values map[revision]V
}

// revision names one revision of an edition.
type revision struct {
	edition int64
	number  int
}

func newMemo[V any](most int) *memo[V] {
	return &memo[V]{most: most, values: map[revision]V{}}
}

// get is what was made of a revision before, or is made now. Two callers at once
// may both make it.
func (m *memo[V]) get(of revision, make func() (V, error)) (V, error) {
	m.mu.Lock()
	v, ok := m.values[of]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := make()
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for other := range m.values {
		if len(m.values) < m.most {
			break
		}
		delete(m.values, other)
	}
	m.values[of] = v
	return v, nil
}
