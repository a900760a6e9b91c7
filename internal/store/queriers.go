package store

import (
	"context"
	"database/sql"
	"regexp"
)

// preparedTx runs the few texts of the ledger as prepared statements: parsing them
// anew for each commit would cost more than running them.
type preparedTx struct {
	*sql.Tx
	prepared map[string]*sql.Stmt
}

// ledgerTexts are what every commit of the committer runs.
var ledgerTexts = []string{holdSlice, mailingState, applyAccepted, applyResults, applyClaims}

// prepare prepares the ledger's texts once. It may not be called in a transaction:
// SQLite's one connection is taken then.
func (s *Store) prepare(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.prepared != nil {
		return nil
	}
	prepared := make(map[string]*sql.Stmt, len(ledgerTexts))
	for _, text := range ledgerTexts {
		stmt, err := s.write.PrepareContext(ctx, text)
		if err != nil {
			for _, done := range prepared {
				done.Close()
			}
			return s.explain(err)
		}
		prepared[text] = stmt
	}
	s.prepared = prepared
	return nil
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

// preparingTx prepares each text when it is first run: for texts that one transaction runs
// many times.
type preparingTx struct {
	*sql.Tx
	prepared map[string]*sql.Stmt
}

// preparing is that where it is worth it: PostgreSQL's driver prepares texts by itself.
func (s *Store) preparing(tx *sql.Tx) querier {
	if s.engine != sqliteEngine {
		return tx
	}
	return preparingTx{tx, map[string]*sql.Stmt{}}
}

func (p preparingTx) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := p.prepared[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := p.PrepareContext(ctx, query) // closed when the transaction ends
	p.prepared[query] = stmt
	return stmt, err
}

func (p preparingTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (p preparingTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// bulkTx runs texts of many parameters, each named once and in order.
//
// QUIRK: SQLite keeps the names of parameters in a list that it searches from the
// start, so that n of them cost n*n. To it $1, $2, ... are names; a bare ? has none,
// and here it means the same.
type bulkTx struct {
	*sql.Tx
	engine engine
}

var parameter = regexp.MustCompile(`\$\d+`)

func (b bulkTx) text(query string) string {
	if b.engine == sqliteEngine {
		return parameter.ReplaceAllLiteralString(query, "?")
	}
	return query
}

func (b bulkTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return b.Tx.ExecContext(ctx, b.text(query), args...)
}

func (b bulkTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return b.Tx.QueryContext(ctx, b.text(query), args...)
}
