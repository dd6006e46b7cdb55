package io.harpc.benchmarks.api;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * Some of the users. A bean rather than a record, since not every subject can carry
 * records.
 */
@SuppressWarnings("NullAway.Init")
public class UserPage implements Serializable {

	private static final long serialVersionUID = 1L;

	private int pageNo;

	private int total;

	private List<User> result;

	public int getPageNo() {
		return this.pageNo;
	}

	public void setPageNo(int pageNo) {
		this.pageNo = pageNo;
	}

	public int getTotal() {
		return this.total;
	}

	public void setTotal(int total) {
		this.total = total;
	}

	public List<User> getResult() {
		return this.result;
	}

	public void setResult(List<User> result) {
		this.result = result;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof UserPage page && this.pageNo == page.pageNo && this.total == page.total
				&& Objects.equals(this.result, page.result);
	}

	@Override
	public int hashCode() {
		return this.pageNo;
	}

	@Override
	public String toString() {
		return "page " + this.pageNo + " of " + this.total + " users: " + this.result;
	}

}
