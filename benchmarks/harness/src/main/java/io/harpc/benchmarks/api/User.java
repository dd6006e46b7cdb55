package io.harpc.benchmarks.api;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;

/**
 * A user, of twelve properties. A bean rather than a record, since not every subject can
 * carry records.
 */
@SuppressWarnings("NullAway.Init")
public class User implements Serializable {

	private static final long serialVersionUID = 1L;

	private long id;

	private String name;

	private int sex;

	private LocalDate birthday;

	private String email;

	private String mobile;

	private String address;

	private String icon;

	private List<Integer> permissions;

	private int status;

	private LocalDateTime createTime;

	private LocalDateTime updateTime;

	public long getId() {
		return this.id;
	}

	public void setId(long id) {
		this.id = id;
	}

	public String getName() {
		return this.name;
	}

	public void setName(String name) {
		this.name = name;
	}

	public int getSex() {
		return this.sex;
	}

	public void setSex(int sex) {
		this.sex = sex;
	}

	public LocalDate getBirthday() {
		return this.birthday;
	}

	public void setBirthday(LocalDate birthday) {
		this.birthday = birthday;
	}

	public String getEmail() {
		return this.email;
	}

	public void setEmail(String email) {
		this.email = email;
	}

	public String getMobile() {
		return this.mobile;
	}

	public void setMobile(String mobile) {
		this.mobile = mobile;
	}

	public String getAddress() {
		return this.address;
	}

	public void setAddress(String address) {
		this.address = address;
	}

	public String getIcon() {
		return this.icon;
	}

	public void setIcon(String icon) {
		this.icon = icon;
	}

	public List<Integer> getPermissions() {
		return this.permissions;
	}

	public void setPermissions(List<Integer> permissions) {
		this.permissions = permissions;
	}

	public int getStatus() {
		return this.status;
	}

	public void setStatus(int status) {
		this.status = status;
	}

	public LocalDateTime getCreateTime() {
		return this.createTime;
	}

	public void setCreateTime(LocalDateTime createTime) {
		this.createTime = createTime;
	}

	public LocalDateTime getUpdateTime() {
		return this.updateTime;
	}

	public void setUpdateTime(LocalDateTime updateTime) {
		this.updateTime = updateTime;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof User user && this.id == user.id && Objects.equals(this.name, user.name)
				&& this.sex == user.sex && Objects.equals(this.birthday, user.birthday)
				&& Objects.equals(this.email, user.email) && Objects.equals(this.mobile, user.mobile)
				&& Objects.equals(this.address, user.address) && Objects.equals(this.icon, user.icon)
				&& Objects.equals(this.permissions, user.permissions) && this.status == user.status
				&& Objects.equals(this.createTime, user.createTime) && Objects.equals(this.updateTime, user.updateTime);
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.id);
	}

	@Override
	public String toString() {
		return "user " + this.id + " '" + this.name + "' " + this.email + ", born " + this.birthday + ", created "
				+ this.createTime + ", updated " + this.updateTime + ", permissions " + this.permissions;
	}

}
