-- Lists marks in the order of their users.
-- KEYS  1 marks  2 users in order
-- ARGV  1 most users
-- Gives  user and marks in turn

local list = {}
for _, user in ipairs(redis.call('ZRANGE', KEYS[2], 0, tonumber(ARGV[1]) - 1)) do
  list[#list + 1] = user
  list[#list + 1] = redis.call('HGET', KEYS[1], user)
end
return list
