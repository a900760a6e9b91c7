package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strconv"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// preparedTx runs texts that were prepared as such, and others as they come: parsing the
// ledger's anew for each commit would cost more than running them.
type preparedTx struct {
	*sql.Tx
	prepared map[string]*sql.Stmt
}

// ledgerTexts are what every commit of the committer runs.
var ledgerTexts = []string{holdSlice, mailingState, applyAccepted, applyResults, applyClaims}

// prepare prepares texts, each once. It may not be called in a transaction: SQLite's one
// connection is taken then.
func (s *Store) prepare(ctx context.Context, texts []string) (map[string]*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	missing := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return s.prepared[text] != nil })
	if len(missing) == 0 {
		return s.prepared, nil
	}
	more := map[string]*sql.Stmt{}
	for _, text := range missing {
		stmt, err := s.write.PrepareContext(ctx, s.engine.withoutNames(text))
		if err != nil {
			for _, done := range more {
				done.Close()
			}
			return nil, s.explain(err)
		}
		more[text] = stmt
	}
	maps.Copy(more, s.prepared) // others read that one
	s.prepared = more
	return more, nil
}

func (p preparedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := p.prepared[query]; stmt != nil {
		return p.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return p.Tx.ExecContext(ctx, query, args...)
}

func (p preparedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := p.prepared[query]; stmt != nil {
		return p.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	}
	return p.Tx.QueryContext(ctx, query, args...)
}

func (p preparedTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := p.prepared[query]; stmt != nil {
		return p.StmtContext(ctx, stmt).QueryRowContext(ctx, args...)
	}
	return p.Tx.QueryRowContext(ctx, query, args...)
}

// bulkTx runs texts of many parameters.
type bulkTx struct {
	*sql.Tx
	engine engine
}

func (b bulkTx) text(query string) string { return b.engine.withoutNames(query) }

// withoutNames is a text as it is cheaper to run.
//
// QUIRK: SQLite keeps the names of parameters in a list that it searches from the
// start, so that n of them cost n*n. To it $1, $2, ... are names; a bare ? has none,
// and means the same where each is named once and in order.
func (e engine) withoutNames(query string) string {
	if e != sqliteEngine {
		return query
	}
	n, inOrder := 0, true
	bare := parameter.ReplaceAllStringFunc(query, func(name string) string {
		n++
		inOrder = inOrder && name == "$"+strconv.Itoa(n)
		return "?"
	})
	if !inOrder {
		return query
	}
	return bare
}

var parameter = lazyregexp.New(`\$\d+`)

func (b bulkTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return b.Tx.ExecContext(ctx, b.text(query), args...)
}

func (b bulkTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return b.Tx.QueryContext(ctx, b.text(query), args...)
}
