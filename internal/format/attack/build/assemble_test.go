package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEmbeddedKnowledgeIsWhatTheTablesGive(t *testing.T) {
	const tables = "../../../../../shared/data/attribution"
	if _, err := os.Stat(tables); err != nil {
		t.Skipf("NOT CHECKED that attribution/knowledge is what the tables give: %v", err)
	}
	k, err := assemble(os.DirFS(tables))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../../attribution/knowledge/attack-16.1.txt")
	if err != nil {
		t.Fatal(err)
	}
	if want := k.Encode(); !bytes.Equal(want, got) {
		t.Errorf("go run ./internal/format/attack/build would change the file (-tables +file):\n%s", cmp.Diff(string(want), string(got)))
	}
}

func TestAssembleSaysWhatIsMissing(t *testing.T) {
	if _, err := assemble(os.DirFS(t.TempDir())); err == nil {
		t.Error("an empty directory gives a knowledge")
	}
}
