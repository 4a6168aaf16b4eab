package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"solferino/record"
)

// A tally holds a hash of every row, by table and key.
type tally map[string]map[string][sha256.Size]byte

func tallyOf(rows iter.Seq2[Row, error]) (tally, error) {
	t := make(tally)
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		table, columns := r.line()
		plain, err := values(columns)
		if err != nil {
			return nil, fmt.Errorf("%s row %s: %w", table, keyOf(table, columns), err)
		}
		t.add(table, plain)
	}
	return t, nil
}

// tally reads all rows as of one moment.
func (db *DB) tally(ctx context.Context) (tally, error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return nil, fmt.Errorf("read all rows: %w", err)
	}
	defer tx.Rollback() // ends the reading
	t := make(tally)
	for table := range tables {
		if err := t.read(ctx, table, tx.StmtContext(ctx, db.read.named(table+"_all"))); err != nil {
			return nil, fmt.Errorf("read all %s rows: %w", table, err)
		}
	}
	return t, nil
}

func (t tally) read(ctx context.Context, table string, q *sql.Stmt) error {
	rows, err := q.QueryContext(ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	plain, targets := make([]any, len(names)), make([]any, len(names))
	for i := range plain {
		targets[i] = &plain[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		t.add(table, plain)
	}
	return rows.Err()
}

func (t tally) add(table string, plain []any) {
	if t[table] == nil {
		t[table] = make(map[string][sha256.Size]byte)
	}
	t[table][keyOf(table, plain)] = sha256.Sum256(encode(plain))
}

func (t tally) digests() []TableDigest {
	var list []TableDigest
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		all := sha256.New()
		for _, key := range slices.Sorted(maps.Keys(t[table])) {
			sum := t[table][key]
			all.Write(sum[:])
		}
		list = append(list, TableDigest{table, len(t[table]), record.Digest(hex.EncodeToString(all.Sum(nil)))})
	}
	return list
}

func differences(stored, wanted tally) []Difference {
	var list []Difference
	for table := range tables {
		for key, sum := range wanted[table] {
			if got, ok := stored[table][key]; got != sum {
				list = append(list, Difference{table, key, ok, true})
			}
		}
		for key := range stored[table] {
			if _, ok := wanted[table][key]; !ok {
				list = append(list, Difference{table, key, true, false})
			}
		}
	}
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Table, b.Table), strings.Compare(a.Key, b.Key))
	})
	return list
}

// keyOf writes the key of a row for people; no two keys are written alike.
func keyOf(table string, columns []any) string {
	var words []string
	for _, c := range columns[:tables[table]] {
		v, err := value(c)
		if err != nil {
			return "with a malformed key"
		}
		word := fmt.Sprint(v)
		if quoted := strconv.Quote(word); word == "" || strings.Contains(word, " ") || quoted != `"`+word+`"` {
			word = quoted
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// encode writes stored values one after another, each behind its type and its
// length, so that no two rows give the same bytes.
func encode(plain []any) []byte {
	var out []byte
	for _, v := range plain {
		mark, content := byte('t'), ""
		switch v := v.(type) {
		case int64:
			mark, content = 'n', strconv.FormatInt(v, 10)
		case []byte:
			mark, content = 'b', string(v)
		case string:
			content = v
		default:
			panic(fmt.Sprintf("store: a row holds %T", v))
		}
		out = append(out, mark)
		out = binary.BigEndian.AppendUint64(out, uint64(len(content)))
		out = append(out, content...)
	}
	return out
}
