// Package demo holds the demonstration as data: an institution that does not
// exist, with officers and reviewers who do not exist either, and four
// incidents that did happen, told from public sources in our own words.
//
// It is there so that everybody sees the whole way from evidence to finding,
// refusals and dissent included. What it says of people is invented, and every
// employer that is not a party to a case is. What it says of incidents is not:
// each exhibit stands for a public source, each observation for what the public
// catalogue MITRE ATT&CK v16.1 ties to the incident or what the source says,
// and each claim for something that was said in public. "recall" marks what was
// written from memory.
package demo
