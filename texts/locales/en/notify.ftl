notify-title = Notifications
notify-intro = New offers of your alerts, answers of employers and interviews, of the last 90 days.
notify-matched-title = { $count ->
    [one] A new job offer
   *[other] { $count } new job offers
}
notify-matched = { $count ->
    [one] It matches your alert “{ $name }”.
   *[other] They match your alert “{ $name }”.
}
notify-answered-title = { $kind ->
    [interview] An interview is proposed to you
    [info] An employer asks you for information
    [hire] An employer hires you
   *[rejection] An employer declines your application
}
notify-answered = { $employer }, { $job }
notify-none = No notification
notify-none-text = What employers answer, and the new offers of your job alerts, will be told here.
notify-unread = { $count ->
    [0] You have read everything.
    [one] { $count } is unread.
   *[other] { $count } are unread.
}
notify-is-unread = Unread
notify-see = See
notify-mark-read = Mark as read
notify-mark-all = Mark all as read
notify-delete = Delete
notify-newer = Newer ones
notify-older = Older ones
notify-done-read = Marked as read.
notify-done-removed = The notification is deleted.
notify-told-read = Notification marked as read
notify-told-all = All notifications marked as read
notify-told-removed = Notification deleted
notify-limit = Write a whole number from 1 to 100.
notify-offset = Write a whole number, 0 or more.
