"""Between services and views: one presenter for each part of the window. Views know no service, services no view."""
