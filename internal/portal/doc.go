// Package portal shows the public what the institution published: findings,
// the instruments they speak of, and the log that holds everybody to it.
//
// A page is three steps. A handler, <noun>_<verb>.go, reads what is published
// and folds it into a view, a plain value; the view is rendered by the template
// in ui/<page>/, or as JSON at the same address with ".json" behind it. Pages
// are complete without a script, set no cookie and ask no other site for
// anything.
//
// Two places are read: the rows of the store, to find things, and the public
// directory, for what they say. Whatever the last witnessed checkpoint does not
// cover is not shown, and what is not published is not told apart from what
// does not exist. What a request costs grows with the page that it asks for and
// never with the archive.
package portal
