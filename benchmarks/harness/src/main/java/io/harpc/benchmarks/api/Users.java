package io.harpc.benchmarks.api;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The users that there are: any id has one, and all differ in their ids alone, so that
 * both sides know every answer and making it costs next to nothing.
 */
public final class Users {

	/** How many users are on a page. */
	public static final int PAGE_SIZE = 15;

	/** How many users there are said to be. */
	public static final int TOTAL = 1000;

	private static final String[] EMAILS = { "doug.lea@example.com", "nobody@example.com", "brian.goetz@example.com",
			"no.one@example.com" };

	private static final LocalDate BIRTHDAY = LocalDate.of(1968, 12, 8);

	private static final LocalDateTime CREATED = LocalDateTime.of(2026, 11, 20, 9, 30, 15, 123_000_000);

	private static final LocalDateTime UPDATED = LocalDateTime.of(2026, 11, 20, 18, 45, 59, 987_000_000);

	private static final List<Integer> PERMISSIONS = List.of(1, 12, 19, 88, 86, 89, 90, 91, 92);

	private Users() {
	}

	/**
	 * Returns an address to ask for, of which every other belongs to a user.
	 * @param sequence any number
	 * @return the address
	 */
	public static String email(long sequence) {
		return EMAILS[(int) sequence & (EMAILS.length - 1)];
	}

	/**
	 * Whether a user has an address.
	 * @param email the address
	 * @return {@code true} unless it begins with an n
	 */
	public static boolean exists(String email) {
		return email.charAt(0) != 'n';
	}

	/**
	 * Makes a user.
	 * @param id the user's id
	 * @return the user
	 */
	public static User user(long id) {
		User user = new User();
		user.setId(id);
		user.setName("Doug Lea");
		user.setSex(1);
		user.setBirthday(BIRTHDAY);
		user.setEmail("doug.lea@example.com");
		user.setMobile("18612345678");
		user.setAddress("State University of New York at Oswego");
		user.setIcon("https://www.example.com/images/users/doug-lea/portrait-120x120.png");
		user.setPermissions(new ArrayList<>(PERMISSIONS));
		user.setStatus(1);
		user.setCreateTime(CREATED);
		user.setUpdateTime(UPDATED);
		return user;
	}

	/**
	 * Makes a page of users.
	 * @param pageNo which one; its users' ids begin with the page's number times
	 * {@link #PAGE_SIZE}
	 * @return the page
	 */
	public static UserPage page(int pageNo) {
		List<User> result = new ArrayList<>(PAGE_SIZE);
		for (int i = 0; i < PAGE_SIZE; i++) {
			result.add(user((long) pageNo * PAGE_SIZE + i));
		}
		UserPage page = new UserPage();
		page.setPageNo(pageNo);
		page.setTotal(TOTAL);
		page.setResult(result);
		return page;
	}

}
