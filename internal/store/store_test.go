package store_test

import (
	"path/filepath"
	"testing"

	"solferino/internal/store"
	"solferino/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) func() *store.DB {
		path := filepath.Join(t.TempDir(), "solferino.db")
		return func() *store.DB {
			db, err := store.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			return db
		}
	})
}
